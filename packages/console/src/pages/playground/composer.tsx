/** Where people write: text, pictures, and the button that asks every model at once. */
import { ActionIcon, Button, FileButton, Textarea, Tooltip } from "@mantine/core";
import { IconPhotoPlus, IconPlayerStop, IconSend, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { May } from "../../components/may.tsx";
import type { Question } from "./conversation.ts";
import classes from "./playground.module.css";

interface ComposerProps {
  busy: boolean;
  /** Why nothing can be asked now; null if it can. */
  hindrance: string | null;
  onAsk: (question: Question) => void;
  onStop: () => void;
}

/** The admin API takes 8 MiB, and base64 makes four bytes of three. */
const maxImageBytes = 3 * 1024 * 1024;
const maxImages = 4;

export function Composer({ busy, hindrance, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const [images, setImages] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const canAsk = !busy && hindrance === null && (text.trim() !== "" || images.length > 0);
  const ask = () => {
    if (!canAsk) return;
    onAsk({ role: "user", text, images });
    setText("");
    setImages([]);
  };
  const attach = async (files: File[]) => {
    const sound = files.slice(0, maxImages - images.length).filter(({ size }) => size <= maxImageBytes);
    setFault(sound.length < files.length ? "At most four pictures, each of at most 3 MiB." : null);
    const read = await Promise.all(sound.map(dataUrlOf));
    setImages((before) => [...before, ...read]);
  };
  return (
    <May do="tryCall">
      {(disabled) => (
        <form className={classes["composer"]} onSubmit={(event) => { event.preventDefault(); ask(); }}>
          {images.length > 0 ? <Attached images={images} onRemove={(index) => setImages(images.toSpliced(index, 1))} /> : null}
          <Textarea
            aria-label="Message" placeholder="Ask something. Enter sends, Shift and Enter begins a line." autosize minRows={2} maxRows={10} disabled={disabled} value={text} error={fault ?? hindrance}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              ask();
            }}
          />
          <div className={classes["composerActions"]}>
            <FileButton accept="image/png,image/jpeg,image/gif,image/webp" multiple onChange={(files) => void attach(files)}>
              {(props) => (
                <Tooltip label="Attach pictures">
                  <ActionIcon {...props} variant="default" size={30} aria-label="Attach pictures" disabled={disabled || images.length >= maxImages}><IconPhotoPlus size={16} stroke={1.6} /></ActionIcon>
                </Tooltip>
              )}
            </FileButton>
            {busy ? (
              <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={onStop}>Stop</Button>
            ) : (
              <Button type="submit" leftSection={<IconSend size={14} />} disabled={disabled || !canAsk}>Ask</Button>
            )}
          </div>
        </form>
      )}
    </May>
  );
}

function Attached({ images, onRemove }: { images: readonly string[]; onRemove: (index: number) => void }) {
  return (
    <div className={classes["pictures"]}>
      {images.map((image, index) => (
        <span key={index}>
          <img src={image} alt={`To be sent ${index + 1}`} />
          <ActionIcon variant="default" size={24} aria-label={`Take off picture ${index + 1}`} onClick={() => onRemove(index)}><IconX size={13} /></ActionIcon>
        </span>
      ))}
    </div>
  );
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result as string));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("the file could not be read")));
    reader.readAsDataURL(file);
  });
}

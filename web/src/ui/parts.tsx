// Own parts on radix: buttons, menus, dialogs, sliders, selects. All have names and visible focus.
import { Check, ChevronDown, X, type LucideIcon } from "lucide-react";
import {
  ContextMenu,
  Dialog as RadixDialog,
  DropdownMenu,
  Select as RadixSelect,
  Slider as RadixSlider,
  Tooltip,
} from "radix-ui";
import { type ButtonHTMLAttributes, type ReactNode, useId } from "react";
import { shown } from "../keys/chord";
import { useText } from "../l10n/locale";
import { useEditor } from "./session-context";

const mac = globalThis.navigator?.platform?.startsWith("Mac") ?? false;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "primary" | "danger";
  icon?: LucideIcon;
}

export function Button({ look = "plain", icon: Icon, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={`button ${look} ${className ?? ""}`} {...rest}>
      {Icon === undefined ? null : <Icon size={15} aria-hidden />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "title"> {
  icon: LucideIcon;
  label: string;
  chord?: string;
  pressed?: boolean;
  size?: number;
}

export function IconButton({ icon: Icon, label, chord, pressed, size = 16, className, ...rest }: IconButtonProps) {
  return (
    <Tip label={label} chord={chord}>
      <button
        type="button"
        className={`icon-button ${className ?? ""}`}
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
      >
        <Icon size={size} aria-hidden />
      </button>
    </Tip>
  );
}

/** A button of a command of the table: its label, its key, what it does. */
export function CommandButton({
  id,
  icon,
  pressed,
  disabled,
}: {
  id: string;
  icon: LucideIcon;
  pressed?: boolean;
  disabled?: boolean;
}) {
  const { run, keymap } = useEditor();
  const text = useText();
  return (
    <IconButton
      icon={icon}
      label={text(`cmd-${id}`)}
      chord={keymap.byCommand.get(id)?.[0]}
      pressed={pressed}
      disabled={disabled}
      onClick={() => run(id)}
    />
  );
}

export function Tip({ label, chord, children }: { label: string; chord?: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
          {label}
          {chord === undefined ? null : <Keys chord={chord} />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export function Keys({ chord }: { chord: string }) {
  return <kbd className="keys">{shown(chord, mac)}</kbd>;
}

export interface MenuItem {
  /** A command of the table … */
  command?: string;
  /** … or a label with what it does. */
  label?: string;
  run?: () => void;
  icon?: LucideIcon;
  disabled?: boolean;
  checked?: boolean;
  danger?: boolean;
  /** A colour that is shown before the label. */
  swatch?: string;
}

export type MenuEntry = MenuItem | "line";

type MenuKit = Pick<typeof ContextMenu, "Item" | "Separator">;

function MenuRows({ kit, entries }: { kit: MenuKit; entries: readonly MenuEntry[] }) {
  const { run, keymap } = useEditor();
  const text = useText();
  return entries.map((entry, n) => {
    if (entry === "line") return <kit.Separator key={n} className="menu-line" />;
    const { command, icon: Icon } = entry;
    const chord = command === undefined ? undefined : keymap.byCommand.get(command)?.[0];
    const label = entry.label ?? text(`cmd-${command}`);
    const act = entry.run ?? (() => command !== undefined && run(command));
    return (
      <kit.Item
        key={n}
        className={`menu-item ${entry.danger ? "danger" : ""}`}
        disabled={entry.disabled}
        onSelect={act}
      >
        <span className="menu-icon">
          {entry.checked ? <Check size={14} aria-hidden /> : Icon === undefined ? null : <Icon size={14} aria-hidden />}
        </span>
        {entry.swatch === undefined ? null : (
          <span className="menu-swatch" style={{ background: entry.swatch }} aria-hidden />
        )}
        <span className="menu-label">{label}</span>
        {chord === undefined ? null : <Keys chord={chord} />}
      </kit.Item>
    );
  });
}

export function Menu({
  trigger,
  entries,
  align = "start",
}: {
  trigger: ReactNode;
  entries: readonly MenuEntry[];
  align?: "start" | "end";
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          <MenuRows kit={DropdownMenu} entries={entries} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function Context({ children, entries }: { children: ReactNode; entries: () => readonly MenuEntry[] }) {
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className="menu" collisionPadding={8}>
          <ContextRows entries={entries} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

/** Made when the menu opens, so that it fits what is selected then. */
function ContextRows({ entries }: { entries: () => readonly MenuEntry[] }) {
  return <MenuRows kit={ContextMenu} entries={entries()} />;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  about,
  children,
  wide,
}: {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  about?: string;
  children: ReactNode;
  wide?: boolean;
}) {
  const text = useText();
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="veil" />
        <RadixDialog.Content
          className={`dialog ${wide ? "wide" : ""}`}
          {...(about === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header>
            <RadixDialog.Title>{title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <button type="button" className="icon-button" aria-label={text("close")}>
                <X size={16} aria-hidden />
              </button>
            </RadixDialog.Close>
          </header>
          {about === undefined ? null : <RadixDialog.Description className="muted">{about}</RadixDialog.Description>}
          {children}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

export function Slider({
  label,
  value,
  min,
  max,
  step,
  onChange,
  onCommit,
  className,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange(value: number): void;
  onCommit?(value: number): void;
  className?: string;
}) {
  return (
    <RadixSlider.Root
      className={`slider ${className ?? ""}`}
      value={[value]}
      min={min}
      max={max}
      step={step}
      onValueChange={([v]) => onChange(v)}
      onValueCommit={([v]) => onCommit?.(v)}
    >
      <RadixSlider.Track className="slider-track">
        <RadixSlider.Range className="slider-range" />
      </RadixSlider.Track>
      <RadixSlider.Thumb className="slider-thumb" aria-label={label} />
    </RadixSlider.Root>
  );
}

export function Select({
  label,
  value,
  options,
  onChange,
  compact,
}: {
  label: string;
  value: string;
  options: readonly { id: string; name: string }[];
  onChange(id: string): void;
  compact?: boolean;
}) {
  return (
    <RadixSelect.Root value={value} onValueChange={onChange}>
      <RadixSelect.Trigger className={`select ${compact ? "compact" : ""}`} aria-label={label}>
        <RadixSelect.Value />
        <RadixSelect.Icon>
          <ChevronDown size={13} aria-hidden />
        </RadixSelect.Icon>
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content className="menu" position="popper" sideOffset={4} collisionPadding={8}>
          <RadixSelect.Viewport>
            {options.map(({ id, name }) => (
              <RadixSelect.Item key={id} value={id} className="menu-item">
                <span className="menu-icon">
                  <RadixSelect.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </RadixSelect.ItemIndicator>
                </span>
                <RadixSelect.ItemText>{name}</RadixSelect.ItemText>
              </RadixSelect.Item>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
  );
}

export function Switch({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange(checked: boolean): void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      className="switch"
      onClick={() => onChange(!checked)}
    >
      <span />
    </button>
  );
}

export function Search({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const id = useId();
  return (
    <div className="search">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <input id={id} type="search" placeholder={label} value={value} onChange={(e) => onChange(e.target.value)} />
    </div>
  );
}

export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon size={28} strokeWidth={1.4} aria-hidden />
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

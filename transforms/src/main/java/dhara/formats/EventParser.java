package dhara.formats;

import dhara.formats.text.BadEvent;

/**
 * Parses the bytes of one event. A parser has scratch space and belongs to one thread; create one
 * per DoFn instance or deserializer from an {@link EventFormat}.
 */
public interface EventParser<T> {

  /**
   * The event in {@code bytes[offset, offset + length)}.
   *
   * @throws BadEvent if the bytes are not an event; nothing else is ever thrown for bad bytes
   * @throws EventBug if the event's own class fails
   */
  T parse(byte[] bytes, int offset, int length) throws BadEvent;
}

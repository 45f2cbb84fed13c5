package dhara.formats;

import dhara.formats.text.BadEvent;

/**
 * Parses the bytes of one event. A parser keeps scratch space and belongs to one thread; make one
 * per DoFn instance or deserializer from an {@link EventFormat}.
 */
public interface EventParser<T> {

  /**
   * The event in {@code bytes[offset, offset + length)}.
   *
   * @throws BadEvent where these bytes are no event; nothing else is ever thrown for bad bytes
   * @throws EventBug where the event's own class fails
   */
  T parse(byte[] bytes, int offset, int length) throws BadEvent;
}

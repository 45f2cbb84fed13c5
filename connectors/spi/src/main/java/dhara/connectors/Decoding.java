package dhara.connectors;

import dhara.events.Event;
import dhara.formats.EventFormat;
import java.io.Serializable;

/**
 * How the bytes of an input become events.
 *
 * @param input the input's name, for dead letters
 * @param format parses bytes into a record
 * @param bounds the range of plausible event times
 * @param maxEventBytes the longest event
 */
public record Decoding<T extends Record & Event>(
    String input, EventFormat<T> format, TimeBounds bounds, int maxEventBytes)
    implements Serializable {}

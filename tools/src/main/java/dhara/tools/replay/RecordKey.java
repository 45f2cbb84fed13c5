package dhara.tools.replay;

import dhara.events.Event;
import dhara.options.BadOption;
import dhara.options.Nearest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The Kafka key of an event: the text of one of its components. */
public final class RecordKey<T extends Record & Event> {

  private static final String ID = "id";

  /** Reads the component; null if that is the id. */
  private final @Nullable Method accessor;

  private RecordKey(@Nullable Method accessor) {
    this.accessor = accessor;
  }

  /**
   * The key from this component.
   *
   * @throws BadOption if the record has no component of that name
   */
  public static <T extends Record & Event> RecordKey<T> of(Class<T> type, String component) {
    if (component.equals(ID)) {
      return new RecordKey<>(null);
    }
    List<String> names =
        Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
    int index = names.indexOf(component);
    if (index < 0) {
      throw new BadOption(
          "--key",
          component,
          "is no component of the events."
              + Nearest.question(component, names)
              + " They have "
              + String.join(", ", names));
    }
    Method accessor = type.getRecordComponents()[index].getAccessor();
    accessor.setAccessible(true);
    return new RecordKey<>(accessor);
  }

  /** The component's text in UTF-8; null if it is missing. */
  public byte @Nullable [] of(T event) {
    Object value = accessor == null ? event.id() : value(event);
    return value == null ? null : utf8(value.toString());
  }

  /** The same for a copy of the event with another id. */
  byte @Nullable [] of(T event, String id) {
    return accessor == null ? utf8(id) : of(event);
  }

  private @Nullable Object value(T event) {
    try {
      Object value = accessor.invoke(event);
      return value instanceof Optional<?> optional ? optional.orElse(null) : value;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + accessor, e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dhara.tools.replay;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Moves events in time: every {@link Instant} in an event, also one in a list or a record within
 * it, moves by the same duration. So the time at which a parcel was promised stays as long after
 * its order as it was.
 */
final class TimeShift {

  /** Leaves events where they are. */
  static final TimeShift NONE = new TimeShift(Duration.ZERO);

  private static final ClassValue<Form> FORMS =
      new ClassValue<>() {
        @Override
        protected Form computeValue(Class<?> type) {
          return Form.of(type);
        }
      };

  private final Duration by;

  private TimeShift(Duration by) {
    this.by = by;
  }

  static TimeShift by(Duration by) {
    return new TimeShift(by);
  }

  boolean moves() {
    return !by.isZero();
  }

  /** The event, moved. */
  <T extends Record> T of(T event) {
    return moves() ? moved(event) : event;
  }

  @SuppressWarnings("unchecked") // a record is made by the constructor of its own class
  private <T extends Record> T moved(T event) {
    return (T) FORMS.get(event.getClass()).with(event, this);
  }

  private @Nullable Object value(@Nullable Object value) {
    if (value instanceof Instant at) {
      return at.plus(by);
    } else if (value instanceof Record within) {
      return moved(within);
    } else if (value instanceof Optional<?> optional) {
      return optional.map(this::value);
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> moved = new ArrayList<>(list.size());
      list.forEach(each -> moved.add(value(each)));
      return moved;
    }
    return value;
  }

  /** How a record is taken apart and made again. */
  private record Form(Constructor<?> constructor, List<Method> accessors) {

    private static Form of(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      try {
        Constructor<?> constructor =
            type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        List<Method> accessors =
            Arrays.stream(components).map(RecordComponent::getAccessor).toList();
        accessors.forEach(accessor -> accessor.setAccessible(true));
        return new Form(constructor, accessors);
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("a record without its canonical constructor: " + type, e);
      }
    }

    private Object with(Record event, TimeShift shift) {
      try {
        Object[] values = new Object[accessors.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = shift.value(accessors.get(i).invoke(event));
        }
        return constructor.newInstance(values);
      } catch (ReflectiveOperationException e) {
        Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
        throw new IllegalStateException("cannot move " + event + " in time", cause);
      }
    }
  }
}

package dhara.transforms.tally;

import dhara.events.Event;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Adds up a component of a record.
 *
 * @param zero its value for no events
 * @param plus of type (C, C)C, with the component's type C
 */
record ComponentAdder(@Nullable Object zero, MethodHandle plus) {

  private static final String KNOWN =
      "it may be a long, an int or a BigDecimal, which add up; what has an order, with @Min or"
          + " @Max; an event, with @First or @Last; a Tally; a record or a Map of these";

  private static final List<Class<? extends Annotation>> MARKS =
      List.of(Min.class, Max.class, First.class, Last.class);

  /**
   * The adder of a component.
   *
   * @throws IllegalArgumentException if the component does not define how it adds up; the message
   *     names it
   */
  static ComponentAdder of(RecordComponent component) {
    try {
      return of(
          component.getGenericType(), component.getType(), mark(component), nullable(component));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          component.getDeclaringRecord().getName()
              + "."
              + component.getName()
              + " ("
              + component.getGenericType().getTypeName()
              + "): "
              + e.getMessage(),
          e);
    }
  }

  private static @Nullable Class<? extends Annotation> mark(RecordComponent component) {
    List<Class<? extends Annotation>> marks =
        MARKS.stream().filter(component::isAnnotationPresent).toList();
    if (marks.size() > 1) {
      throw new IllegalArgumentException("it cannot be marked twice");
    }
    return marks.isEmpty() ? null : marks.get(0);
  }

  private static boolean nullable(RecordComponent component) {
    AnnotatedType type = component.getAnnotatedType();
    return Stream.of(
            component.getAnnotations(),
            component.getAccessor().getAnnotations(),
            type.getAnnotations())
        .flatMap(Stream::of)
        .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
  }

  private static ComponentAdder of(
      Type generic, Class<?> type, @Nullable Class<? extends Annotation> mark, boolean nullable) {
    if (type.isPrimitive()) {
      return ofPrimitive(type, mark);
    }
    if (mark != null) {
      if (!nullable) {
        throw new IllegalArgumentException("mark it @Nullable too: of no events there is none");
      }
      return ofObject(type, new Kept(order(type, mark)));
    }
    Adder<Object> adder = adder(generic);
    return ofObject(type, nullable ? new OrNothing(adder) : adder);
  }

  private static ComponentAdder ofPrimitive(
      Class<?> type, @Nullable Class<? extends Annotation> mark) {
    if (mark == null && (type == double.class || type == float.class)) {
      throw new IllegalArgumentException(
          "a sum of floating-point numbers depends on their order; add up a long in a small"
              + " unit, or an ExactSum");
    }
    if (mark == null && (type == long.class || type == int.class)) {
      return new ComponentAdder(type == long.class ? (Object) 0L : 0, onMath("addExact", type));
    }
    boolean least = mark == Min.class;
    if (!least && mark != Max.class) {
      throw new IllegalArgumentException(KNOWN);
    }
    if (type == boolean.class) {
      return new ComponentAdder(
          least, handle(Boolean.class, least ? "logicalAnd" : "logicalOr", type));
    }
    Object zero =
        switch (type.getName()) {
          case "long" -> least ? Long.MAX_VALUE : Long.MIN_VALUE;
          case "int" -> (Object) (least ? Integer.MAX_VALUE : Integer.MIN_VALUE);
          case "double" -> least ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
          case "float" -> (Object) (least ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY);
          default -> throw new IllegalArgumentException(KNOWN);
        };
    return new ComponentAdder(zero, onMath(least ? "min" : "max", type));
  }

  private static MethodHandle onMath(String name, Class<?> type) {
    return handle(Math.class, name, type);
  }

  private static MethodHandle handle(Class<?> owner, String name, Class<?> type) {
    try {
      return MethodHandles.lookup()
          .findStatic(owner, name, MethodType.methodType(type, type, type));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(owner + " has no " + name + " of " + type, e);
    }
  }

  private static ComponentAdder ofObject(Class<?> type, Adder<Object> adder) {
    try {
      MethodHandle plus =
          MethodHandles.lookup()
              .findVirtual(
                  Adder.class,
                  "plus",
                  MethodType.methodType(Object.class, Object.class, Object.class))
              .bindTo(adder)
              .asType(MethodType.methodType(type, type, type));
      return new ComponentAdder(adder.zero(), plus);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The order whose first value is kept. */
  private static Comparator<Object> order(Class<?> type, Class<? extends Annotation> mark) {
    boolean least = mark == Min.class || mark == First.class;
    Comparator<Object> order =
        mark == Min.class || mark == Max.class ? natural(type) : inTime(type);
    return least ? order : order.reversed();
  }

  @SuppressWarnings("unchecked") // checked: it has an order
  private static Comparator<Object> natural(Class<?> type) {
    if (!Comparable.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException("it has no order: implement Comparable");
    }
    if (type == BigDecimal.class) {
      throw new IllegalArgumentException(
          "1.0 and 1.00 are equal in order and not the same; use a long in a small unit");
    }
    return (a, b) -> ((Comparable<Object>) a).compareTo(b);
  }

  private static Comparator<Object> inTime(Class<?> type) {
    if (!Event.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException("it has no time and id: implement Event");
    }
    return (a, b) -> {
      Event one = (Event) a;
      Event other = (Event) b;
      int order = one.at().compareTo(other.at());
      return order != 0 ? order : one.id().compareTo(other.id());
    };
  }

  /** The adder of a component that is not annotated and not primitive. */
  private static Adder<Object> adder(Type generic) {
    Class<?> type =
        generic instanceof ParameterizedType parameterized
            ? (Class<?>) parameterized.getRawType()
            : generic instanceof Class<?> plain ? plain : Object.class;
    if (type == Long.class) {
      return new Numbers<>(0L, Math::addExact);
    }
    if (type == Integer.class) {
      return new Numbers<>(0, Math::addExact);
    }
    if (type == BigDecimal.class) {
      return new Numbers<>(BigDecimal.ZERO, BigDecimal::add);
    }
    if (Tally.class.isAssignableFrom(type)) {
      return new OfTally(none(type));
    }
    if (type == Map.class) {
      return new ByKey(adder(((ParameterizedType) generic).getActualTypeArguments()[1]));
    }
    if (type.isRecord() && type.getTypeParameters().length == 0) {
      return cast(RecordAdder.of(type));
    }
    throw new IllegalArgumentException(KNOWN);
  }

  /** The constant {@code NONE} of a tally. */
  private static Tally<?> none(Class<?> type) {
    try {
      Field none = type.getDeclaredField("NONE");
      none.setAccessible(true);
      return (Tally<?>) type.cast(none.get(null));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(
          "a Tally within a tally needs a constant of nothing; declare in "
              + type.getName()
              + ": static final "
              + type.getSimpleName()
              + " NONE = …",
          e);
    }
  }

  @SuppressWarnings("unchecked") // its values are of the component's type, and no others come
  private static Adder<Object> cast(Adder<?> adder) {
    return (Adder<Object>) adder;
  }

  /** Adds up immutable numbers. */
  private static final class Numbers<N> extends Adder<Object> {

    /** Adds two numbers up. */
    @FunctionalInterface
    private interface Sum<N> {
      N of(N a, N b);
    }

    private final N zero;
    private final Sum<N> sum;

    Numbers(N zero, Sum<N> sum) {
      this.zero = zero;
      this.sum = sum;
    }

    @Override
    Object zero() {
      return zero;
    }

    @Override
    @SuppressWarnings("unchecked") // of the component's type
    Object plus(Object a, Object b) {
      return sum.of((N) a, (N) b);
    }
  }

  /** Keeps the first of two immutable values, in an order. */
  private static final class Kept extends Adder<@Nullable Object> {

    private final Comparator<Object> order;

    Kept(Comparator<Object> order) {
      this.order = order;
    }

    @Override
    @Nullable Object zero() {
      return null;
    }

    @Override
    @Nullable Object plus(@Nullable Object a, @Nullable Object b) {
      if (a == null || b == null) {
        return a == null ? b : a;
      }
      return order.compare(b, a) < 0 ? b : a;
    }
  }

  /** Treats null as no value. */
  private static final class OrNothing extends Adder<@Nullable Object> {

    private final Adder<Object> present;

    OrNothing(Adder<Object> present) {
      this.present = present;
    }

    @Override
    @Nullable Object zero() {
      return null;
    }

    @Override
    @Nullable Object plus(@Nullable Object a, @Nullable Object b) {
      if (b == null) {
        return a;
      }
      // Not b itself, because the sum may be modified later and b must not be.
      return present.plus(a == null ? present.zero() : a, b);
    }
  }

  /** Adds up by the tally's own plus. */
  private static final class OfTally extends Adder<Object> {

    private final Tally<?> none;

    OfTally(Tally<?> none) {
      this.none = none;
    }

    @Override
    Object zero() {
      return none;
    }

    @Override
    Object plus(Object a, Object b) {
      return sum((Tally<?>) a, b);
    }

    @SuppressWarnings("unchecked") // two of the component's type
    private static <T extends Tally<T>> Object sum(Tally<?> a, Object b) {
      return ((Tally<T>) a).plus((T) b);
    }
  }

  /** Adds up maps, key by key. */
  private static final class ByKey extends Adder<Object> {

    /** A map that was created here, so it may be modified. */
    private static final class Own extends HashMap<Object, Object> {
      private static final long serialVersionUID = 1L;

      Own(Map<?, ?> entries) {
        super(entries);
      }
    }

    private final Adder<Object> values;

    ByKey(Adder<Object> values) {
      this.values = values;
    }

    @Override
    Object zero() {
      return Map.of();
    }

    @Override
    Object plus(Object a, Object b) {
      Map<?, ?> more = (Map<?, ?>) b;
      if (more.isEmpty()) {
        return a;
      }
      Own sum = a instanceof Own own ? own : new Own((Map<?, ?>) a);
      more.forEach(
          (key, value) -> {
            Object before = sum.get(key);
            sum.put(key, values.plus(before == null ? values.zero() : before, value));
          });
      return sum;
    }
  }
}

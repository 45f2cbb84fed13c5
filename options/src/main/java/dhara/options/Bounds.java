package dhara.options;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Checks the values of options against the bounds that their getters declare. */
public final class Bounds {

  private Bounds() {}

  /**
   * Checks every bound that an options interface and its ancestors declare.
   *
   * @throws BadOption naming the option, the value and the bound
   */
  public static void check(PipelineOptions options, Class<? extends PipelineOptions> type) {
    PipelineOptions typed = options.as(type);
    List<Method> getters =
        Arrays.stream(type.getMethods()).sorted(Comparator.comparing(Method::getName)).toList();
    for (Method getter : getters) {
      if (getter.isAnnotationPresent(AtLeast.class)) {
        atLeast(getter, value(getter, typed));
      }
      if (getter.isAnnotationPresent(AboveZero.class)) {
        aboveZero(getter, value(getter, typed));
      }
      if (getter.isAnnotationPresent(Share.class)) {
        share(getter, value(getter, typed));
      }
    }
  }

  private static void atLeast(Method getter, @Nullable Object value) {
    long least = getter.getAnnotation(AtLeast.class).value();
    if (value instanceof Number number && number.longValue() < least) {
      String option = option(getter);
      throw new BadOption(
          option, value, "must be at least " + least + ", e.g. " + option + "=" + least);
    }
  }

  private static void aboveZero(Method getter, @Nullable Object value) {
    if (value instanceof Duration duration && duration.toMillis() <= 0) {
      throw new BadOption(
          option(getter), value, "must be at least a millisecond" + example(getter));
    }
    if (value instanceof Number number
        && !(number.doubleValue() > 0 && Double.isFinite(number.doubleValue()))) {
      throw new BadOption(
          option(getter), value, "must be above zero, and finite" + example(getter));
    }
  }

  private static void share(Method getter, @Nullable Object value) {
    if (value instanceof Number number && !(number.doubleValue() > 0 && number.doubleValue() < 1)) {
      throw new BadOption(
          option(getter), value, "is a share, above 0 and below 1" + example(getter));
    }
  }

  /** The example that the description of an option ends with. */
  private static String example(Method getter) {
    String description = getter.getAnnotation(Description.class).value();
    int from = description.lastIndexOf("e.g. ");
    return from < 0 ? "" : ", " + description.substring(from);
  }

  private static @Nullable Object value(Method getter, PipelineOptions options) {
    try {
      return getter.invoke(options);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("cannot read " + option(getter), e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("cannot read " + option(getter), e);
    }
  }

  private static String option(Method getter) {
    String name = getter.getName().substring("get".length());
    return "--" + name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }
}

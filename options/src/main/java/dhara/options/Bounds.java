package dhara.options;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.options.PipelineOptions;

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
    List<Method> bounded =
        Arrays.stream(type.getMethods())
            .filter(getter -> getter.isAnnotationPresent(AtLeast.class))
            .sorted(Comparator.comparing(Method::getName))
            .toList();
    for (Method getter : bounded) {
      long least = getter.getAnnotation(AtLeast.class).value();
      Object value = value(getter, typed);
      if (value instanceof Number number && number.longValue() < least) {
        String option = option(getter);
        throw new BadOption(
            option, value, "must be at least " + least + ", e.g. " + option + "=" + least);
      }
    }
  }

  private static Object value(Method getter, PipelineOptions options) {
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

package dhara.testkit;

import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.CrashingRunner;

/**
 * The options that an analysis reads while its pipeline is built. One that it declares and never
 * reads would be ignored without a word.
 */
public final class OptionsRead {

  private OptionsRead() {}

  /**
   * Their getters, such as {@code getWindow}.
   *
   * @param arguments the options of the run, as a user gives them
   */
  public static <O extends DharaOptions> Set<String> getters(
      Analysis<O> analysis, List<String> arguments) {
    O options = Oracle.options(analysis, arguments);
    options.setRunner(CrashingRunner.class); // the pipeline is built, and never run
    Set<String> read = new TreeSet<>();
    Bare.build(analysis, options, watched(analysis.options(), options, read));
    return read;
  }

  private static <T> T watched(Class<T> type, Object options, Set<String> read) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              read.add(method.getName());
              Object result = call(method, options, arguments);
              return method.getName().equals("as") && result instanceof PipelineOptions other
                  ? watched((Class<?>) arguments[0], other, read)
                  : result;
            }));
  }

  private static Object call(Method method, Object on, Object[] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause(); // as if it had been called without the proxy
    }
  }
}

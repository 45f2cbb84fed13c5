package dhara.benchmarks.harness;

/**
 * A command of {@code benchmarks/run} beside the works: annotated as picocli wants it, found by
 * {@link java.util.ServiceLoader}.
 */
public interface Subcommand extends java.util.concurrent.Callable<Integer> {}

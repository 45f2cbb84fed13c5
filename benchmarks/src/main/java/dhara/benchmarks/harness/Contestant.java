package dhara.benchmarks.harness;

/**
 * One way of doing a work. It lives in a JVM of its own, has a public constructor without
 * parameters, and is run many times; it keeps nothing between runs except what the JVM keeps
 * (compiled code, loaded classes).
 */
public interface Contestant {

  /**
   * Runs the whole job, from its first event to its last answer, and waits for its end. This call
   * is measured.
   */
  Outcome run(Task task) throws Exception;
}

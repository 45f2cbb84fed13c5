package dhara.benchmarks.harness;

/**
 * One way of doing a work. It lives in a JVM of its own, has a public constructor without
 * parameters, and is run many times; it keeps nothing from one run to the next but what the JVM
 * keeps (compiled code, loaded classes).
 */
public interface Contestant {

  /**
   * Runs the whole job, from its first event to its last answer, and waits for its end: what is
   * measured is this call.
   */
  Outcome run(Task task) throws Exception;
}

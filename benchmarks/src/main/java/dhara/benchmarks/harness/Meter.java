package dhara.benchmarks.harness;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Measures what a call costs this JVM. One call at a time. */
final class Meter {

  /** A thread's allocations are read this often, since those of a thread that ended are lost. */
  private static final long EVERY_MILLIS = 20;

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Set<String> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());
  private final AtomicLong heap = new AtomicLong();

  Meter() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, handback) ->
                  kept(
                      GarbageCollectionNotificationInfo.from(
                              (CompositeData) notification.getUserData())
                          .getGcInfo()),
              notification ->
                  notification
                      .getType()
                      .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION),
              null);
    }
  }

  private void kept(GcInfo collection) {
    heap.accumulateAndGet(
        collection.getMemoryUsageAfterGc().entrySet().stream()
            .filter(each -> heapPools.contains(each.getKey()))
            .mapToLong(each -> each.getValue().getUsed())
            .sum(),
        Math::max);
  }

  /** The last collections are asked for, because notifications come some time later. */
  private void lastCollections() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      GcInfo last = ((com.sun.management.GarbageCollectorMXBean) collector).getLastGcInfo();
      if (last != null) {
        kept(last);
      }
    }
  }

  /** Runs a job on a collected heap, and measures it. */
  Measured measure(Callable<Outcome> job) throws Exception {
    System.gc();
    forgetPeak();
    heap.set(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    Allocations allocations = new Allocations();
    allocations.start();
    long cpu = process.getProcessCpuTime();
    long wall = System.nanoTime();
    Outcome outcome = job.call();
    wall = System.nanoTime() - wall;
    cpu = process.getProcessCpuTime() - cpu;
    long allocated = allocations.end();
    lastCollections();
    return new Measured(outcome, wall, cpu, allocated, heap.get(), peak());
  }

  /** Resets the peak of memory if the kernel allows it; otherwise it is that of the JVM's life. */
  private static void forgetPeak() {
    if (Files.isWritable(CLEAR_REFS)) {
      try {
        Files.writeString(CLEAR_REFS, "5");
      } catch (IOException e) {
        System.err.println("the peak of memory is that of the JVM's life: " + e.getMessage());
      }
    }
  }

  private static long peak() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }

  /** What all threads allocate from now on. */
  private final class Allocations extends Thread {

    private final Map<Long, Long> before = new HashMap<>();
    private final Map<Long, Long> last = new HashMap<>();
    private volatile boolean ended;

    Allocations() {
      super("allocations");
      setDaemon(true);
      read(before);
    }

    private synchronized void read(Map<Long, Long> into) {
      long[] ids = threads.getAllThreadIds();
      long[] bytes = threads.getThreadAllocatedBytes(ids);
      for (int i = 0; i < ids.length; i++) {
        if (bytes[i] >= 0 && ids[i] != getId()) {
          into.put(ids[i], bytes[i]);
        }
      }
    }

    @Override
    public void run() {
      while (!ended) {
        read(last);
        try {
          Thread.sleep(EVERY_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    long end() throws InterruptedException {
      ended = true;
      read(last);
      join();
      long sum = 0;
      for (Map.Entry<Long, Long> thread : last.entrySet()) {
        sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
      }
      return sum;
    }
  }
}

package dhara.transforms.order;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class PartedMapTest {

  record Due(long number, @Nullable Instant at) {}

  private static final PartedMap.Form<Due> FORM =
      PartedMap.form(RecordCoder.of(Due.class)).due(Due::at);

  @Test
  void itIsAMapThatKnowsItsEarliestTimeAlsoAfterItWasWrittenAndRead() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    for (int run = 0; run < 1_000; run++) {
      PartedMap<Due> map = FORM.empty();
      Map<String, Due> naive = new HashMap<>();
      int keys = 1 + random.nextInt(run % 2 == 0 ? 8 : 600);
      for (int step = 0; step < 60; step++) {
        String key = "k" + random.nextInt(keys);
        switch (random.nextInt(8)) {
          case 0 -> {
            map.remove(key);
            naive.remove(key);
          }
          case 1 -> {
            Instant moment = Instant.ofEpochSecond(random.nextInt(20));
            for (Map.Entry<String, Due> due : map.dueUntil(moment)) {
              map.remove(due.getKey());
            }
            naive.values().removeIf(due -> due.at != null && !due.at.isAfter(moment));
          }
          case 2 -> map.removeBeside(key, due -> false);
          case 3 -> map = written(map);
          default -> {
            Instant at = random.nextInt(3) == 0 ? null : Instant.ofEpochSecond(random.nextInt(20));
            map.put(key, new Due(step, at));
            naive.put(key, new Due(step, at));
          }
        }
        assertThat(map.get(key), is(naive.get(key)));
        if (random.nextBoolean()) {
          assertThat(map.earliest(), is(earliest(naive)));
        }
        assertThat(map.isEmpty(), is(naive.isEmpty()));
      }
      Map<String, Due> all = new TreeMap<>();
      for (int key = 0; key < keys; key++) {
        Due value = map.get("k" + key);
        if (value != null) {
          all.put("k" + key, value);
        }
      }
      assertThat(all, is(new TreeMap<>(naive)));
    }
  }

  private static @Nullable Instant earliest(Map<String, Due> map) {
    return map.values().stream()
        .map(Due::at)
        .filter(Objects::nonNull)
        .min(Instant::compareTo)
        .orElse(null);
  }

  private static <V> PartedMap<V> written(PartedMap.Form<V> form, PartedMap<V> map)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    form.encode(map, bytes);
    bytes.write(7); // it does not read on
    InputStream in = new ByteArrayInputStream(bytes.toByteArray());
    PartedMap<V> read = form.decode(in);
    assertThat(in.read(), is(7));
    return read;
  }

  private static PartedMap<Due> written(PartedMap<Due> map) throws IOException {
    return written(FORM, map);
  }

  @Test
  void entriesBesideAKeyCanBeRemoved() {
    PartedMap<Due> map = FORM.empty();
    for (int i = 0; i < 3_000; i++) {
      map.put("k" + i, new Due(i, null));
    }

    map.removeBeside("k1", due -> due.number != 1);

    assertThat(map.get("k1"), is(new Due(1, null)));
    long left = 0;
    for (int i = 0; i < 3_000; i++) {
      left += map.get("k" + i) == null ? 0 : 1;
    }
    assertThat(left, is(lessThan(3_000L)));
  }

  @Test
  void onlyWhatIsUsedIsDecodedAndOnlyWhatHasChangedIsEncoded() throws IOException {
    CountingCoder counts = new CountingCoder();
    PartedMap.Form<Integer> form = PartedMap.form(counts);
    PartedMap<Integer> map = form.empty();
    for (int i = 0; i < 10_000; i++) {
      map.put("k" + i, i);
    }
    PartedMap<Integer> read = written(form, map);
    CountingCoder.WRITTEN.set(0);
    CountingCoder.READ.set(0);

    assertThat(read.get("k17"), is(17));
    read.put("k17", 18);
    PartedMap<Integer> again = written(form, read);

    assertThat(CountingCoder.READ.get(), is(lessThan(100)));
    assertThat(CountingCoder.WRITTEN.get(), is(lessThan(100)));
    assertThat(again.get("k17"), is(18));
    assertThat(again.get("k18"), is(18));
    assertThat(again.get("none"), is(nullValue()));
  }

  @Test
  void bytesThatEndEarlyAreRefused() throws IOException {
    PartedMap<Due> map = FORM.empty();
    map.put("key", new Due(1, null));
    byte[] bytes = CoderUtils.encodeToByteArray(FORM, map);

    assertThrows(
        IOException.class,
        () -> FORM.decode(new ByteArrayInputStream(Arrays.copyOf(bytes, bytes.length - 1))));
  }

  /** Counts how many numbers it reads and writes. */
  private static final class CountingCoder extends AtomicCoder<Integer> {

    private static final long serialVersionUID = 1L;

    static final AtomicInteger READ = new AtomicInteger();
    static final AtomicInteger WRITTEN = new AtomicInteger();

    @Override
    public void encode(Integer value, OutputStream out) throws IOException {
      WRITTEN.incrementAndGet();
      out.write(value >>> 8);
      out.write(value);
    }

    @Override
    public Integer decode(InputStream in) throws IOException {
      READ.incrementAndGet();
      return in.read() << 8 | in.read();
    }
  }
}

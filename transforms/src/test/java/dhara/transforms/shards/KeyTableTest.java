package dhara.transforms.shards;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.junit.jupiter.api.Test;

class KeyTableTest {

  private static final StringUtf8Coder TEXT = StringUtf8Coder.of();

  private long compared;

  /** A key that counts how often it is compared. */
  private final class Counted extends KeyTable.Entry {

    Counted(BlockReader reader, int hash) {
      super(reader, hash);
    }

    @Override
    public boolean hasKeyOf(BlockReader reader) {
      compared++;
      return super.hasKeyOf(reader);
    }
  }

  private static byte[] block(List<String> keys) throws IOException {
    BlockWriter writer = new BlockWriter();
    for (String key : keys) {
      byte[] encoded = CollidingKeys.encoded(key);
      writer.add(encoded, 0, encoded.length, 0, body -> {});
    }
    return writer.toBytes();
  }

  /** Adds the keys of a block that are not there; returns how many were. */
  private int add(byte[] block, KeyTable<Counted> table) throws IOException {
    int known = 0;
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      int slot = table.slot(reader, reader.keyHash());
      if (table.at(slot) == null) {
        table.put(slot, new Counted(reader, reader.keyHash()));
      } else {
        known++;
      }
    }
    return known;
  }

  @Test
  void keysThatWereChosenForTheirEqualHashesAreNotComparedWithEachOther() throws IOException {
    List<String> chosen = CollidingKeys.of(16);
    byte[] block = block(chosen);
    BlockReader reader = new BlockReader(block);
    reader.next();
    int hash = reader.keyHash();
    while (reader.next()) {
      assertThat(reader.keyHash(), is(hash));
    }
    KeyTable<Counted> table = new KeyTable<>();

    assertThat(add(block, table), is(0));
    assertThat(add(block, table), is(chosen.size()));

    List<String> keys = new ArrayList<>();
    for (Counted entry : table) {
      keys.add(entry.key(TEXT));
      assertThat("the hash by which its state is stored", entry.hash(), is(hash));
    }
    assertThat(keys, is(chosen));
    assertThat(compared, is(lessThan(2L * chosen.size())));
  }

  @Test
  void otherKeysAreFoundInATableThatSomebodyAttacked() throws IOException {
    KeyTable<Counted> table = new KeyTable<>();
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      before.add("before " + i);
      after.add("after " + i);
    }
    add(block(before), table);
    add(block(CollidingKeys.of(10)), table);

    assertThat(add(block(before), table), is(before.size()));
    assertThat(add(block(after), table), is(0));
    assertThat(add(block(after), table), is(after.size()));
    assertThat(table.size(), is(before.size() + after.size() + 1_024));
  }
}

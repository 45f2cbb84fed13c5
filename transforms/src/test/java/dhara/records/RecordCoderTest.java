package dhara.records;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.either;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.DeadLetter;
import dhara.samples.Sale;
import dhara.transforms.aggregate.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.Coder.NonDeterministicException;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.CoderTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCoderTest {

  private static final RecordCoder<Everything> EVERYTHING = RecordCoder.of(Everything.class);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyComponentTypeComesBackEqual(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      Everything value = Everything.random(random);
      assertThat(thereAndBack(EVERYTHING, value), equalTo(value));
    }
  }

  @Test
  void recordsFollowEachOtherInAStream() throws Exception {
    Random random = new Random(4);
    List<Everything> values = new ArrayList<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 50; i++) {
      values.add(Everything.random(random));
      EVERYTHING.encode(values.get(i), out);
    }
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    for (Everything value : values) {
      assertThat(EVERYTHING.decode(in), equalTo(value));
    }
    assertThat(in.read(), is(-1));
  }

  @Test
  void recordsAreWrittenAndReadInPlaceWithTheSameBytes() throws Exception {
    Random random = new Random(14);
    List<Everything> values = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    RecordOutput out = new RecordOutput(0);
    for (int i = 0; i < 50; i++) {
      Everything value = Everything.random(random);
      values.add(value);
      stream.write(i);
      EVERYTHING.encode(value, stream);
      out.write(i);
      EVERYTHING.encode(value, out);
    }
    byte[] bytes = Arrays.copyOf(out.bytes(), out.size());
    assertThat(bytes, is(stream.toByteArray()));
    RecordInput in = new RecordInput(bytes, 0, bytes.length);
    for (int i = 0; i < 50; i++) {
      assertThat(in.read(), is(i));
      assertThat(EVERYTHING.decode(in), equalTo(values.get(i)));
    }
    assertThat(in.read(), is(-1));
  }

  @Test
  void aRecordInPlaceEndsWhereItsLengthSaysAndNoLater() throws Exception {
    byte[] bytes = encode(EVERYTHING, Everything.random(new Random(15)));
    byte[] more = Arrays.copyOf(bytes, bytes.length + 100);
    RecordInput nothing = new RecordInput(more, 0, 0);
    assertThrows(EOFException.class, () -> EVERYTHING.decode(nothing));
    for (int end = 1; end < bytes.length; end++) {
      RecordInput in = new RecordInput(more, 0, end);
      assertThrows(CoderException.class, () -> EVERYTHING.decode(in), "cut to " + end);
    }
  }

  @Test
  void theSizeIsThatOfTheBytes() throws Exception {
    Random random = new Random(5);
    for (int i = 0; i < 50; i++) {
      Everything value = Everything.random(random);
      assertThat(
          Coder.getEncodedElementByteSizeUsingCoder(EVERYTHING, value),
          is((long) encode(EVERYTHING, value).length));
    }
  }

  @Test
  void equalBytesMeanEqualStructuralValuesAndOtherBytesOthers() throws Exception {
    Random random = new Random(6);
    for (int i = 0; i < 100; i++) {
      Everything value = Everything.random(random);
      Everything same = thereAndBack(EVERYTHING, value);
      assertThat(EVERYTHING.structuralValue(same), equalTo(EVERYTHING.structuralValue(value)));
      assertThat(
          EVERYTHING.structuralValue(Everything.random(random)),
          not(equalTo(EVERYTHING.structuralValue(value))));
    }
  }

  private record Extremes(int i, long l, short s, byte b, char c, Instant at, BigDecimal d) {}

  @Test
  void extremesComeBackWhole() throws Exception {
    RecordCoder<Extremes> coder = RecordCoder.of(Extremes.class);
    Extremes least =
        new Extremes(
            Integer.MIN_VALUE,
            Long.MIN_VALUE,
            Short.MIN_VALUE,
            Byte.MIN_VALUE,
            Character.MIN_VALUE,
            Instant.MIN,
            new BigDecimal("-1E-2147483647"));
    Extremes most =
        new Extremes(
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            Short.MAX_VALUE,
            Byte.MAX_VALUE,
            Character.MAX_VALUE,
            Instant.MAX,
            new BigDecimal("1E+2147483647"));
    assertThat(thereAndBack(coder, least), equalTo(least));
    assertThat(thereAndBack(coder, most), equalTo(most));
  }

  private record Empty() {}

  private record Wrapped(Empty empty, List<Empty> list) {}

  @Test
  void aRecordWithoutComponentsIsARecordToo() throws Exception {
    Wrapped value = new Wrapped(new Empty(), List.of(new Empty(), new Empty()));
    assertThat(thereAndBack(RecordCoder.of(Wrapped.class), value), equalTo(value));
  }

  @Test
  void bytesComeBackAndAreNotConsistentWithEquals() throws Exception {
    RecordCoder<DeadLetter> coder = RecordCoder.of(DeadLetter.class);
    DeadLetter letter =
        new DeadLetter(
            "trades",
            DeadLetter.Reason.NOT_UTF8,
            "byte 0xFF",
            "kafka://trades",
            "partition=3 offset=77",
            Instant.parse("2026-01-05T10:00:00.123456789Z"),
            new byte[] {(byte) 0xFF, 0, 1});
    assertThat(thereAndBack(coder, letter), equalTo(letter));
    assertThat(coder.consistentWithEquals(), is(false));
    assertThat(
        coder.structuralValue(thereAndBack(coder, letter)), equalTo(coder.structuralValue(letter)));
  }

  @Test
  void oneHugeRecordAndManySmallOnesAreFine() throws Exception {
    record Text(String text) {}
    RecordCoder<Text> coder = RecordCoder.of(Text.class);
    for (int length : new int[] {3_000_000, 1, 127, 128, 16_383, 16_384, 600_000}) {
      Text value = new Text("x".repeat(length));
      assertThat(thereAndBack(coder, value), equalTo(value));
    }
  }

  // Nulls

  private record Nested(String name, List<Line> lines, @Nullable Line last) {}

  @SuppressWarnings("ArrayRecordComponent") // what is tested
  private record Line(String sku, byte @Nullable [] bytes, Map<String, Integer> tags) {}

  @Test
  void aNullIsRefusedWithItsPath() {
    RecordCoder<Nested> coder = RecordCoder.of(Nested.class);
    Line good = new Line("a", null, Map.of());
    assertRefused(coder, new Nested(null, List.of(), null), "RecordCoderTest$Nested.name is null");
    assertRefused(coder, new Nested("n", null, null), "RecordCoderTest$Nested.lines is null");
    assertRefused(
        coder,
        new Nested("n", List.of(good, new Line(null, null, Map.of())), null),
        "RecordCoderTest$Nested.lines[1].sku is null; mark the component @Nullable");
    assertRefused(
        coder, new Nested("n", Arrays.asList(good, null), null), "Nested.lines[1] is null");
    Map<String, Integer> tags = new LinkedHashMap<>();
    tags.put("colour", null);
    assertRefused(
        coder,
        new Nested("n", List.of(), new Line("a", null, tags)),
        "Nested.last.tags{colour} is null");
    assertRefused(coder, null, "cannot encode a null dhara.records.RecordCoderTest$Nested");
  }

  private static <T extends Record> void assertRefused(Coder<T> coder, T value, String message) {
    CoderException e = assertThrows(CoderException.class, () -> encode(coder, value));
    assertThat(e.getMessage(), containsString(message));
    RecordOutput out = new RecordOutput(8);
    out.write(1);
    assertThrows(CoderException.class, () -> coder.encode(value, out));
    assertThat("nothing is left of what was refused", out.size(), is(1));
  }

  private record OtherNullable(@MayBe.Nullable String text) {}

  private static final class MayBe {
    @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
    @interface Nullable {}
  }

  @Test
  void anyAnnotationNamedNullableCounts() throws Exception {
    OtherNullable value = new OtherNullable(null);
    assertThat(thereAndBack(RecordCoder.of(OtherNullable.class), value), equalTo(value));
  }

  // What the record's class may change

  private record Before(String name, int number) {}

  private record After(String name, int number, @Nullable String note, Optional<Long> count) {}

  private record BeforeIn(List<Before> parts, Before part) {}

  private record AfterIn(List<After> parts, After part) {}

  @Test
  void componentsThatMayBeAbsentCanBeAddedAtTheEnd() throws Exception {
    Before before = new Before("n", 5);
    After after = new After("n", 5, null, Optional.empty());
    assertThat(
        decode(RecordCoder.of(After.class), encode(RecordCoder.of(Before.class), before)),
        equalTo(after));
    assertThat(
        decode(
            RecordCoder.of(AfterIn.class),
            encode(RecordCoder.of(BeforeIn.class), new BeforeIn(List.of(before, before), before))),
        equalTo(new AfterIn(List.of(after, after), after)));
  }

  @Test
  void bytesOfARecordWithMoreComponentsAreRefused() throws Exception {
    byte[] bytes = encode(RecordCoder.of(After.class), new After("n", 5, "note", Optional.of(7L)));
    CoderException e =
        assertThrows(CoderException.class, () -> decode(RecordCoder.of(Before.class), bytes));
    assertThat(e.getMessage(), containsString("bytes are left behind the last component"));
  }

  @Test
  void theFirstComponentsCanBeReadAlone() throws Exception {
    byte[] bytes = encode(RecordCoder.of(After.class), new After("n", 5, "note", Optional.of(7L)));
    RecordInput in = new RecordInput(bytes, 0, bytes.length);
    assertThat(RecordCoder.of(Before.class).decodeStart(in), equalTo(new Before("n", 5)));
    assertThat("the others are left", in.available(), is(bytes.length - 4));

    RecordInput part = new RecordInput(bytes, 0, bytes.length - 1);
    assertThrows(CoderException.class, () -> RecordCoder.of(Before.class).decodeStart(part));
    RecordInput none = new RecordInput(bytes, 3, 3);
    assertThrows(EOFException.class, () -> RecordCoder.of(Before.class).decodeStart(none));
  }

  /** Short texts of ASCII are written in another way than the others. */
  @Test
  void aTextIsWrittenAsBeamWritesIt() throws Exception {
    record Text(String text) {}
    for (String last : List.of("", "k", "\u007f", "\u0080", "é", "ह", "😀", "\ud800")) {
      for (int length = 0; length < 70; length++) {
        String text = "k".repeat(length) + last;
        ByteArrayOutputStream beams = new ByteArrayOutputStream();
        StringUtf8Coder.of().encode(text, beams);
        byte[] ours = encode(RecordCoder.of(Text.class), new Text(text));
        assertThat(
            "k".repeat(length) + "+" + last,
            Arrays.copyOfRange(ours, 1, ours.length),
            equalTo(beams.toByteArray()));
        assertThat(
            decode(RecordCoder.of(Text.class), ours),
            equalTo(new Text(decode(StringUtf8Coder.of(), beams.toByteArray()))));
      }
    }
  }

  private enum Old {
    RED,
    GREEN
  }

  private enum New {
    BLUE,
    GREEN,
    RED
  }

  private record OldColour(Old colour) {}

  private record NewColour(New colour) {}

  @Test
  void enumsMayBeReorderedAndAddedTo() throws Exception {
    byte[] red = encode(RecordCoder.of(OldColour.class), new OldColour(Old.RED));
    assertThat(decode(RecordCoder.of(NewColour.class), red), equalTo(new NewColour(New.RED)));
    byte[] blue = encode(RecordCoder.of(NewColour.class), new NewColour(New.BLUE));
    CoderException e =
        assertThrows(CoderException.class, () -> decode(RecordCoder.of(OldColour.class), blue));
    assertThat(
        e.getMessage(),
        allOf(containsString("RecordCoderTest$OldColour"), containsString("no constant BLUE")));
  }

  // Bytes that are none of ours

  @Test
  void truncatedBytesAreAnError() throws Exception {
    byte[] bytes = encode(EVERYTHING, Everything.random(new Random(7)));
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThrows(EOFException.class, () -> decode(EVERYTHING, part));
    }
  }

  @Test
  void corruptBytesAreAnErrorOrAnotherRecord() throws Exception {
    Random random = new Random(8);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = encode(EVERYTHING, Everything.random(random));
      for (int change = random.nextInt(3); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        decode(EVERYTHING, bytes);
      } catch (IOException e) {
        assertThat(e, either(instanceOf(CoderException.class)).or(instanceOf(EOFException.class)));
      }
    }
  }

  @Test
  void aHugeLengthIsAnErrorAndNotAHugeArray() {
    byte[] twoGigabytes = {-1, -1, -1, -1, 7, 1, 2, 3};
    EOFException early = assertThrows(EOFException.class, () -> decode(EVERYTHING, twoGigabytes));
    assertThat(early.getMessage(), is("a record of 2147483647 bytes ends after 3"));
    record Texts(List<String> texts) {}
    byte[] manyTexts = {5, -1, -1, -1, -1, 7};
    CoderException e =
        assertThrows(CoderException.class, () -> decode(RecordCoder.of(Texts.class), manyTexts));
    assertThat(e.getMessage(), containsString("a length of 2147483647 is more than the 0 bytes"));
  }

  @Test
  void valuesThatTheRecordRefusesAreAnErrorOfTheBytes() throws Exception {
    record Unchecked(
        String id,
        Instant at,
        String order,
        String product,
        @Nullable String category,
        @Nullable String country,
        @Nullable String city,
        @Nullable String customer,
        long quantity,
        long unitMinor) {}
    byte[] bytes =
        encode(
            RecordCoder.of(Unchecked.class),
            new Unchecked("i", Instant.EPOCH, "o", "p", null, null, null, null, 0, 1));
    CoderException e =
        assertThrows(CoderException.class, () -> decode(RecordCoder.of(Sale.class), bytes));
    assertThat(e.getMessage(), startsWith("no dhara.samples.Sale: quantity is 0"));
  }

  // Keys

  private record Key(String name, Map<String, Integer> counts, BigDecimal price) {}

  @Test
  void equalMapsHaveEqualBytes() throws Exception {
    RecordCoder<Key> coder = RecordCoder.of(Key.class);
    Map<String, Integer> up = new LinkedHashMap<>();
    Map<String, Integer> down = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      up.put("k" + i, i);
      down.put("k" + (99 - i), 99 - i);
    }
    coder.verifyDeterministic();
    assertThat(
        encode(coder, new Key("a", up, BigDecimal.ONE)),
        equalTo(encode(coder, new Key("a", down, BigDecimal.ONE))));
    assertThat(coder.consistentWithEquals(), is(true));
    assertThat(
        encode(coder, new Key("a", up, new BigDecimal("1.0"))),
        not(equalTo(encode(coder, new Key("a", up, new BigDecimal("1.00"))))));
  }

  @Test
  void floatingPointNumbersAreNoKeysAndTheErrorHasTheirPaths() {
    record Point(double x, float y) {}
    record Path(String name, List<Point> points) {}
    RecordCoder<Path> coder = RecordCoder.of(Path.class);
    NonDeterministicException e =
        assertThrows(NonDeterministicException.class, coder::verifyDeterministic);
    assertThat(
        e.getReasons(),
        containsInAnyOrder(
            containsString("Path.points[].x is a floating-point number"),
            containsString("Path.points[].y is a floating-point number")));
    assertThat(coder.consistentWithEquals(), is(false));
  }

  // The coder itself

  @Test
  void aCoderSurvivesSerializationAndTheRunnersApi() throws Exception {
    assertThat(SerializableUtils.clone(EVERYTHING), equalTo(EVERYTHING));
    assertThat(EVERYTHING, equalTo(RecordCoder.of(Everything.class)));
    assertThat(EVERYTHING.hashCode(), is(RecordCoder.of(Everything.class).hashCode()));
    assertThat(EVERYTHING, not(equalTo((Object) RecordCoder.of(Line.class))));
    var proto = CoderTranslation.toProto(EVERYTHING);
    assertThat(
        CoderTranslation.fromProto(
            proto.getCoder(),
            RehydratedComponents.forComponents(proto.getComponents()),
            CoderTranslation.TranslationContext.DEFAULT),
        equalTo(EVERYTHING));
  }

  @Test
  void theCoderKnowsItsTypeAndSchema() {
    assertThat(EVERYTHING.getEncodedTypeDescriptor(), equalTo(TypeDescriptor.of(Everything.class)));
    assertThat(EVERYTHING.getSchema(), equalTo(RecordSchemas.schema(Everything.class)));
    assertThat(EVERYTHING.getCoderArguments(), equalTo(List.of()));
  }

  @Test
  void aRecordWhoseLoaderDoesNotKnowDharaIsCoded() throws Exception {
    ClassLoader apart =
        new ClassLoader(ClassLoader.getPlatformClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            String path = name.replace('.', '/') + ".class";
            try (InputStream in = Distant.class.getClassLoader().getResourceAsStream(path)) {
              if (in == null || !name.startsWith(Distant.class.getName())) {
                throw new ClassNotFoundException(name);
              }
              byte[] bytes = in.readAllBytes();
              return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    Class<? extends Record> type =
        apart.loadClass(Distant.class.getName()).asSubclass(Record.class);
    assertThat(type, not(equalTo((Object) Distant.class)));
    Class<?> kind = apart.loadClass(Distant.Kind.class.getName());
    Constructor<?> part =
        apart.loadClass(Distant.Part.class.getName()).getDeclaredConstructors()[0];
    Constructor<?> distant = type.getDeclaredConstructors()[0];
    part.setAccessible(true);
    distant.setAccessible(true);
    Object value =
        distant.newInstance(
            "n", Instant.EPOCH, kind.getEnumConstants()[1], List.of(part.newInstance(3)));
    assertThat(roundTrip(type, value), equalTo(value));
  }

  private static <T extends Record> Object roundTrip(Class<T> type, Object value)
      throws IOException {
    return thereAndBack(RecordCoder.of(type), type.cast(value));
  }

  // Type parameters

  private record Bar(long open, long close) {}

  private record Bars(
      Generic<Bar> first, List<Generic<List<Bar>>> more, Generic<Generic<Bar>> in) {}

  @Test
  void aGenericRecordIsCodedWhereItsArgumentsAreKnown() throws Exception {
    TypeDescriptor<Answer<Key, Optional<Bar>>> type = new TypeDescriptor<>() {};
    RecordCoder<Answer<Key, Optional<Bar>>> coder = RecordCoder.of(type);
    Answer<Key, Optional<Bar>> answer =
        new Answer<>(
            new Key("k", Map.of("a", 1), BigDecimal.TEN),
            Instant.EPOCH,
            Instant.EPOCH.plusSeconds(60),
            2,
            Optional.of(new Bar(1, 2)));
    assertThat(thereAndBack(coder, answer), equalTo(answer));
    assertThat(SerializableUtils.clone(coder), equalTo(coder));
    assertThat(thereAndBack(SerializableUtils.clone(coder), answer), equalTo(answer));
    assertThat(
        coder.getFromRowFunction().apply(coder.getToRowFunction().apply(answer)), equalTo(answer));
    assertThat(
        coder,
        not(
            equalTo(
                (Object) RecordCoder.of(new TypeDescriptor<Answer<Key, Optional<Line>>>() {}))));
  }

  @Test
  void genericRecordsMayBeComponents() throws Exception {
    Bars bars =
        new Bars(
            new Generic<>(new Bar(1, 2)),
            List.of(new Generic<>(List.of(new Bar(3, 4), new Bar(5, 6)))),
            new Generic<>(new Generic<>(new Bar(7, 8))));
    assertThat(thereAndBack(RecordCoder.of(Bars.class), bars), equalTo(bars));
  }

  // Refusals

  private record Generic<E>(E element) {}

  private record Tree(String name, List<Tree> children) {}

  private record Growing<E>(E element, List<Growing<List<E>>> more) {}

  private record Grown(Growing<String> growing) {}

  @Test
  void whatCannotBeCodedIsNamed() {
    record AnObject(Object thing) {}
    record ASet(List<Set<String>> sets) {}
    record AWildcard(List<? extends Number> numbers) {}
    @SuppressWarnings("ArrayRecordComponent") // what is tested
    record AnArray(int[] numbers) {}
    record Twice(Optional<Optional<String>> text) {}
    @SuppressWarnings("NullableOptional") // what is tested
    record Both(@Nullable Optional<String> text) {}
    record OfRaw(@SuppressWarnings("rawtypes") Generic generic) {}
    assertUnsupported(AnObject.class, "AnObject.thing (java.lang.Object): not a type");
    assertUnsupported(ASet.class, "ASet.sets (java.util.List<java.util.Set<");
    assertUnsupported(AWildcard.class, "a type that is not known from the class");
    assertUnsupported(AnArray.class, "AnArray.numbers (int[]): not a type");
    assertUnsupported(Twice.class, "an Optional of what may be absent");
    assertUnsupported(Both.class, "an Optional cannot be @Nullable too");
    assertUnsupported(
        OfRaw.class, "OfRaw.generic (dhara.records.RecordCoderTest$Generic): dhara.records");
    assertUnsupported(Answer.class, "dhara.transforms.aggregate.Answer has type parameters");
    assertUnsupported(Grown.class, "(Grown > Growing > Growing > Growing > Growing > Growing)");
    assertUnsupported(Tree.class, "RecordCoderTest$Tree contains itself (Tree > Tree)");
  }

  private static <E> void assertUnresolved() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> RecordCoder.of(new TypeDescriptor<Generic<E>>() {}));
    assertThat(e.getMessage(), containsString("a type that is not known from the class"));
  }

  @Test
  void anUnknownTypeArgumentIsNamed() {
    RecordCoderTest.<String>assertUnresolved();
  }

  private static void assertUnsupported(Class<? extends Record> type, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RecordCoder.of(type));
    assertThat(e.getMessage(), containsString(message));
  }

  private static <T> T thereAndBack(Coder<T> coder, T value) throws IOException {
    return decode(coder, encode(coder, value));
  }

  private static <T> byte[] encode(Coder<T> coder, T value) throws IOException {
    return CoderUtils.encodeToByteArray(coder, value);
  }

  private static <T> T decode(Coder<T> coder, byte[] bytes) throws IOException {
    return coder.decode(new ByteArrayInputStream(bytes));
  }
}

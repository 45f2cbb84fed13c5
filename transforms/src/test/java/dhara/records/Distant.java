package dhara.records;

import java.time.Instant;
import java.util.List;

/** A record that tests load with a class loader that cannot see Dhara. */
record Distant(String name, Instant at, Kind kind, List<Part> parts) {

  enum Kind {
    NEAR,
    FAR
  }

  record Part(int number) {}
}

package dhara.runners.flink;

import dhara.testkit.BackfillParity;

class FlinkParityTest extends BackfillParity {}

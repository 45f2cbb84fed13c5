package dhara.runners.flink;

import dhara.parity.BackfillParity;

class FlinkParityTest extends BackfillParity {}

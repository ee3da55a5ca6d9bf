namespace Berth.Lab.Tests;

/// <summary>Two sockets, each a NUMA node of four CPUs.</summary>
public sealed class TwoNodes() : LabMachine(2);

/// <summary>Two sockets of two NUMA nodes each, of four CPUs.</summary>
public sealed class FourNodes() : LabMachine(4);

public sealed class OnTwoNodes(TwoNodes lab) : PlacementSuite(lab), IClassFixture<TwoNodes>;

/// <summary>The same on the larger machine: for the long run, <c>./test lab</c>.</summary>
[Trait("length", "long")]
public sealed class OnFourNodesOfTwoSockets(FourNodes lab) : PlacementSuite(lab), IClassFixture<FourNodes>;

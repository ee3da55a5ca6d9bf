namespace Berth.Controllers.Tests.Cluster;

/// <summary>Tests that measure the process, and so can have none beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

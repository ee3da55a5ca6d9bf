using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A way in which the runtime of a node can run containers.</summary>
public sealed partial record NodeRuntimeHandler
{
    /// <summary>Its name, which a RuntimeClass refers to; empty for the usual one.</summary>
    [Field(1, Always = true)]
    public string Name { get; init; } = "";

    /// <summary>What it can do.</summary>
    [Field(2)]
    public NodeRuntimeHandlerFeatures? Features { get; init; }
}

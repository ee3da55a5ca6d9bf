using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>State of a namespace.</summary>
public sealed partial record NamespaceStatus
{
    /// <summary>Active or Terminating.</summary>
    [Field(1)]
    public string Phase { get; init; } = "";

    /// <summary>What is known of the namespace, above all of what holds up its deletion.</summary>
    [Field(2), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<NamespaceCondition> Conditions { get; init; } = [];
}

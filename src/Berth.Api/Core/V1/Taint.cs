using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Keeps pods away from a node that do not tolerate it.</summary>
public sealed partial record Taint
{
    /// <summary>Key of the taint, such as dedicated or node.kubernetes.io/unreachable.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>Value of the taint.</summary>
    [Field(2)]
    public string Value { get; init; } = "";

    /// <summary>NoSchedule keeps new pods away, PreferNoSchedule if possible; NoExecute sends running ones away too.</summary>
    [Field(3, Always = true, Required = true)]
    public string Effect { get; init; } = "";

    /// <summary>When it was set; pods' tolerationSeconds count from here.</summary>
    [Field(4)]
    public Time? TimeAdded { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A share of the server's attention. type says which field is set.</summary>
public sealed partial record PriorityLevelConfigurationSpec
{
    /// <summary>Exempt lets requests never wait, Limited does.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>The share, for Limited.</summary>
    [Field(2)]
    public LimitedPriorityLevelConfiguration? Limited { get; init; }

    /// <summary>The share that others may borrow, for Exempt.</summary>
    [Field(3)]
    public ExemptPriorityLevelConfiguration? Exempt { get; init; }
}

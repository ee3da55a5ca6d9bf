using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One thing said of the state of a component.</summary>
public sealed partial record ComponentCondition
{
    /// <summary>Healthy is the only one.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";

    /// <summary>What the component said of its health.</summary>
    [Field(3)]
    public string Message { get; init; } = "";

    /// <summary>What went wrong when it was asked.</summary>
    [Field(4)]
    public string Error { get; init; } = "";
}

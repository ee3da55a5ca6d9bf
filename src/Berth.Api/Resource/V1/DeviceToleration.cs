using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Taints of devices that do not matter.</summary>
public sealed partial record DeviceToleration
{
    /// <summary>Key of the taint; empty, with Exists, for all taints.</summary>
    [Field(1)]
    public string Key { get; init; } = "";

    /// <summary>Equal compares the value, Exists only the key. Default: Equal.</summary>
    [Field(2), Default("\"Equal\"")]
    public string Operator { get; init; } = "";

    /// <summary>Value of the taint, for Equal.</summary>
    [Field(3)]
    public string Value { get; init; } = "";

    /// <summary>Effect of the taint; empty for all.</summary>
    [Field(4)]
    public string Effect { get; init; } = "";

    /// <summary>Seconds that a pod may stay after a taint of effect NoExecute; absent: for ever.</summary>
    [Field(5)]
    public long? TolerationSeconds { get; init; }
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Taints that do not keep a pod away.</summary>
public sealed partial record Toleration
{
    /// <summary>Key of the taint; empty, with Exists, for all taints.</summary>
    [Field(1)]
    public string Key { get; init; } = "";

    /// <summary>Equal compares the value, Exists only the key; Lt and Gt compare whole numbers. Default: Equal.</summary>
    [Field(2)]
    public string Operator { get; init; } = "";

    /// <summary>Value of the taint, for Equal, Lt and Gt.</summary>
    [Field(3)]
    public string Value { get; init; } = "";

    /// <summary>Effect of the taint; empty for all.</summary>
    [Field(4)]
    public string Effect { get; init; } = "";

    /// <summary>Seconds that a running pod may stay after a taint of effect NoExecute; 0 or less for none. Absent: for ever.</summary>
    [Field(5)]
    public long? TolerationSeconds { get; init; }
}

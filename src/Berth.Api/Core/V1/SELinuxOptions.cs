using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An SELinux label.</summary>
public sealed partial record SELinuxOptions
{
    /// <summary>Its user.</summary>
    [Field(1)]
    public string User { get; init; } = "";

    /// <summary>Its role.</summary>
    [Field(2)]
    public string Role { get; init; } = "";

    /// <summary>Its type.</summary>
    [Field(3)]
    public string Type { get; init; } = "";

    /// <summary>Its level.</summary>
    [Field(4)]
    public string Level { get; init; } = "";
}

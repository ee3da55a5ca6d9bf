using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Who reports an event.</summary>
public sealed partial record EventSource
{
    /// <summary>The program.</summary>
    [Field(1)]
    public string Component { get; init; } = "";

    /// <summary>The node on which it runs.</summary>
    [Field(2)]
    public string Host { get; init; } = "";
}

using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>How long a client keeps its endpoint.</summary>
public sealed partial record ClientIPConfig
{
    /// <summary>Seconds from a client's last connection until it may get another endpoint, from 1 to 86400. Default: 10800, three hours.</summary>
    [Field(1)]
    public int? TimeoutSeconds { get; init; }
}

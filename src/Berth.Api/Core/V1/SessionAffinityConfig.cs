using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Settings of session affinity.</summary>
public sealed partial record SessionAffinityConfig
{
    /// <summary>Settings for ClientIP.</summary>
    [Field(1)]
    public ClientIPConfig? ClientIP { get; init; }
}

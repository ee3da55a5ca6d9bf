using Berth.ApiServer.Admission;
using Berth.ApiServer.Watch;
using Berth.Store;

namespace Berth.ApiServer.Registry;

/// <summary>What all registries share.</summary>
public sealed class RegistryServices
{
    public required IStore Store { get; init; }

    public required WatchCacheHub Hub { get; init; }

    public required TimeProvider Time { get; init; }

    public required Identifiers Identifiers { get; init; }

    public required RegistryCatalog Registries { get; init; }

    public IValueTransformer? Transformer { get; init; }

    /// <summary>Set once, before the first request: plugins read through registries that exist only by then.</summary>
    public AdmissionChain Admission { get; set; } = AdmissionChain.Empty;

    public DateTimeOffset Now => Time.GetUtcNow();
}

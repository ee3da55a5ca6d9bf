using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.CustomResources;

/// <summary>The objects of a custom resource in one of its versions. All versions share what is stored.</summary>
internal sealed class CustomRegistry(RegistryServices services, CustomDefinition definition, CustomVersion version, ICustomConverter converter, WatchCache cache)
    : ResourceRegistry<CustomObject>(services, version.Kind, cache, new CustomStrategy(version))
{
    public override ObjectView View { get; } = new VersionView(definition, version, converter);

    protected override async ValueTask<byte[]> ToStoredAsync(CustomObject value, byte[] json, CancellationToken cancellation)
    {
        if (version == definition.Storage)
            return json;
        var bare = value.WithMetadata(value.Metadata with { ResourceVersion = "" });
        var stored = await converter.ConvertAsync([bare], definition.Storage, cancellation).ConfigureAwait(false);
        return ApiJson.Serialize(stored[0]);
    }
}

using Berth.Api;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.CustomResources;

/// <summary>Shows stored custom objects in one version. What an object looks like is kept beside it.</summary>
internal sealed class VersionView(CustomDefinition definition, CustomVersion version, ICustomConverter converter) : ObjectView
{
    public override async ValueTask<IReadOnlyList<CachedObject>> ShowAsync(IReadOnlyList<CachedObject> stored, CancellationToken cancellation)
    {
        var shown = new CachedObject[stored.Count];
        List<int>? foreign = null;
        List<CustomObject>? foreigners = null;
        for (var i = 0; i < stored.Count; i++)
        {
            var one = stored[i];
            if (one.Kind == version.Kind || one.Alternate(version.Kind) is not null)
            {
                shown[i] = one.Kind == version.Kind ? one : one.Alternate(version.Kind)!;
                continue;
            }

            var value = definition.ReadStored(one.Json.Span, out var changed);
            if (value.KindInfo == version.Kind)
            {
                shown[i] = one.Remember(version.Kind, changed ? ApiJson.Serialize(value) : null, value);
                continue;
            }

            (foreign ??= []).Add(i);
            (foreigners ??= []).Add(value);
        }

        if (foreign is null)
            return shown;
        var converted = await converter.ConvertAsync(foreigners!, version, cancellation).ConfigureAwait(false);
        for (var i = 0; i < foreign.Count; i++)
            shown[foreign[i]] = stored[foreign[i]].Remember(version.Kind, ApiJson.Serialize(converted[i]), converted[i]);
        return shown;
    }
}

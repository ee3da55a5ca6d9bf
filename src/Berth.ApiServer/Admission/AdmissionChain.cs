using Berth.Api;

namespace Berth.ApiServer.Admission;

/// <summary>The admission plugins in their order. The first refusal ends the request.</summary>
public sealed class AdmissionChain(params IReadOnlyList<IAdmissionPlugin> plugins)
{
    private readonly IAdmissionPlugin[] _plugins = [.. plugins];

    public static AdmissionChain Empty { get; } = new();

    public IReadOnlyList<IAdmissionPlugin> Plugins => _plugins;

    public async ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        foreach (var plugin in _plugins)
            value = await plugin.MutateAsync(attributes, value, old, cancellation);
        return value;
    }

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        foreach (var plugin in _plugins)
            await plugin.ValidateAsync(attributes, value, old, cancellation);
    }
}

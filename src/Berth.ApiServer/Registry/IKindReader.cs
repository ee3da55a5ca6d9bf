using Berth.Api;

namespace Berth.ApiServer.Registry;

/// <summary>Reads the objects of a kind that is known by its name alone, built in or custom.</summary>
public interface IKindReader
{
    bool Namespaced { get; }

    /// <param name="ns">Empty for cluster-scoped kinds.</param>
    ValueTask<IApiObject?> GetAsync(string ns, string name, CancellationToken cancellation);

    /// <param name="ns">Empty: all namespaces.</param>
    ValueTask<IReadOnlyList<IApiObject>> ListAsync(string ns, CancellationToken cancellation);
}

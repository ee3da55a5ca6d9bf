using Berth.Client;
using Berth.Client.Transport;
using Berth.Instance;

namespace Berth;

/// <summary>A cluster as its administrator sees it, for verbs that act on it.</summary>
internal sealed record AdminClient(ClusterClient Client, HttpMessageInvoker Http, ClientConfig Config) : IDisposable
{
    /// <param name="kubeconfig">Null: that of the data directory, or the one that KUBECONFIG names.</param>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static AdminClient Open(string? kubeconfig, string dataDirectory)
    {
        var path = kubeconfig ?? Existing(Path.Combine(dataDirectory, "admin.kubeconfig")) ?? Environment.GetEnvironmentVariable("KUBECONFIG")?.Split(':').FirstOrDefault(p => p.Length > 0)
            ?? throw new UserErrorException($"no cluster is named, and {dataDirectory} has no control plane", "name one with --kubeconfig, or its data directory with --data-dir");
        var config = Kubeconfig.Load(path);
        var (client, http) = config.Connect("berth");
        return new(client, http, config);
    }

    public void Dispose() => Http.Dispose();

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}

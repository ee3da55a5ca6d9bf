namespace Berth.ApiServer.Tests.Pki;

/// <summary>A data directory that ends with the test.</summary>
internal sealed class DataDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("berth-pki-").FullName;

    public string Pki(string name) => System.IO.Path.Combine(Path, "pki", name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

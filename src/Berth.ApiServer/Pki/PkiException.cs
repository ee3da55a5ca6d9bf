namespace Berth.ApiServer.Pki;

/// <summary>A key or certificate file cannot be used. The message names the path, what is wrong and what to do.</summary>
public sealed class PkiException(string path, string problem, string remedy, Exception? inner = null)
    : Exception($"{path}: {problem}. {remedy}", inner)
{
    public string Path { get; } = path;
}

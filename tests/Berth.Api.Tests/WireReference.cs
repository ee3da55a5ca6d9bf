using System.Runtime.CompilerServices;

namespace Berth.Api.Tests;

/// <summary>One object of each kind with every field set, where the reference data lies beside the checkout.</summary>
internal static class WireReference
{
    public static string? Folder { get; } = Find();

    public static IEnumerable<string> Names() => Folder is null
        ? []
        : Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static byte[] Json(string name) => File.ReadAllBytes(Path.Combine(Folder!, name + ".json"));

    public static byte[] Proto(string name) => File.ReadAllBytes(Path.Combine(Folder!, name + ".pb"));

    private static string? Find([CallerFilePath] string source = "")
    {
        for (var at = Path.GetDirectoryName(source); at is not null; at = Path.GetDirectoryName(at))
        {
            var candidate = Path.Combine(at, "shared", "reference", "kubernetes-1.36", "wire");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Berth.Linux;
using Berth.Linux.Files;

namespace Berth.Instance;

/// <summary>
/// Loads the native libraries that lie inside the published binary. Left to .NET they would be unpacked below the home directory at
/// the first start of each build: a user whose home cannot be written to could not run Berth at all, and no build was ever removed.
/// </summary>
internal static class EmbeddedLibraries
{
    // As the project file names them.
    private const string Prefix = "native/";

    // The runtime asks for each function that is called first.
    private static readonly Lock s_loading = new();
    private static readonly Dictionary<string, nint> s_loaded = new(StringComparer.Ordinal);

    /// <summary>Before anything is called that needs one. Does nothing where there are none: a build that is not published has them as files.</summary>
    public static void Offer() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += static (_, name) =>
    {
        lock (s_loading)
            return s_loaded.TryGetValue(name, out var handle) ? handle : s_loaded[name] = Load(name);
    };

    private static nint Load(string name)
    {
        using var content = typeof(EmbeddedLibraries).Assembly.GetManifestResourceStream($"{Prefix}lib{name}.so");
        if (content is null)
            return 0;
        try
        {
            using var file = MemoryFile.Create(name);
            content.CopyTo(file);
            return NativeLibrary.Load(MemoryFile.PathOf(file));
        }
        catch (Exception e) when (e is LinuxException or DllNotFoundException)
        {
            return LoadFromDisk(name, content);
        }
    }

    // Where the kernel lets no memory be run, or /proc is missing. The directory is this process' own, and gone when the library is loaded.
    private static nint LoadFromDisk(string name, Stream content)
    {
        content.Position = 0;
        var directory = Directory.CreateTempSubdirectory("berth-");
        try
        {
            var path = Path.Combine(directory.FullName, $"lib{name}.so");
            using (var file = File.Create(path))
                content.CopyTo(file);
            return NativeLibrary.Load(path);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}

using Berth.Linux.Mounts;

namespace Berth.Linux.Tests;

internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("berth-linux-test-").FullName;

    public string Make(params string[] names)
    {
        var path = System.IO.Path.Combine([Path, .. names]);
        Directory.CreateDirectory(path);
        return path;
    }

    public void Dispose()
    {
        Mount.UnmountAllUnder(Path);
        Directory.Delete(Path, recursive: true);
    }
}

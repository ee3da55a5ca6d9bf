using Berth.Api.Core.V1;
using Berth.Linux.Files;

namespace Berth.Node.Volumes;

/// <summary>Holds a hostPath volume to its declared type, making what the types with OrCreate ask for.</summary>
public static class HostPathCheck
{
    /// <exception cref="InvalidDataException">The path is not what the type says.</exception>
    public static void Ensure(HostPathVolumeSource source)
    {
        var path = source.Path;
        switch (source.Type ?? "")
        {
            case "":
                // Runtimes used to make a directory of what is missing; people rely on it.
                if (!Exists(path)) Directory.CreateDirectory(path);
                return;
            case "DirectoryOrCreate":
                if (!Exists(path)) Directory.CreateDirectory(path);
                Require(Directory.Exists(path), path, "a directory");
                return;
            case "Directory":
                Require(Directory.Exists(path), path, "a directory");
                return;
            case "FileOrCreate":
                if (!Exists(path)) File.Create(path).Dispose();
                Require(IsRegular(path), path, "a file");
                return;
            case "File":
                Require(IsRegular(path), path, "a file");
                return;
            case "Socket":
                Require(Is(path, 's'), path, "a socket file");
                return;
            case "CharDevice":
                Require(Is(path, 'c'), path, "a character device");
                return;
            case "BlockDevice":
                Require(Is(path, 'b'), path, "a block device");
                return;
            default:
                throw new InvalidDataException($"hostPath type check failed: unknown type {source.Type}");
        }
    }

    private static void Require(bool holds, string path, string what)
    {
        if (!holds) throw new InvalidDataException($"hostPath type check failed: {path} is not {what}");
    }

    private static bool Exists(string path) => Directory.Exists(path) || File.Exists(path);

    private static bool IsRegular(string path) => File.Exists(path) && !Is(path, 's') && !Is(path, 'c') && !Is(path, 'b');

    private static bool Is(string path, char sort) => FileStatus.Of(path) is { } status && sort switch
    {
        's' => status.IsSocket,
        'c' => status.IsCharacterDevice,
        _ => status.IsBlockDevice,
    };
}

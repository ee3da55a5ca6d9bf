using System.Text;
using Berth.Linux.Processes;

namespace Berth.Node.Images;

/// <summary>An image that this machine has not the parts for; the message says what is missing and how to get it.</summary>
public sealed class LocalImageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Small images made from the distribution's packages, for machines without a registry: the samples, the tests and the first
/// steps of a newcomer run on them.
/// </summary>
public static class LocalImages
{
    public const string BusyboxName = "berth.local/busybox:1";
    public const string WebName = "berth.local/web:1";

    /// <summary>A pid 1 without a handler for SIGTERM never sees it: the shell takes the signal for the server, so that pods stop at once.</summary>
    private const string WebServer = "trap 'kill $! 2>/dev/null; exit 0' TERM INT; httpd -f -p ${PORT:-80} -h /www & wait $!";

    private const string WebPage =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Berth</title></head>
        <body><h1>It works</h1><p>This page is served by a container that runs on Berth.</p></body>
        </html>

        """;

    /// <summary>A shell and some 270 commands of one static program, for <c>berth.local/busybox:1</c>.</summary>
    /// <exception cref="LocalImageException">No static busybox here, and none could be downloaded.</exception>
    public static async Task<ImageDescription> BusyboxAsync(CancellationToken cancellation = default) => new()
    {
        Names = [BusyboxName],
        Architecture = ImageDescription.HostArchitecture,
        Layers = [await BusyboxLayerAsync(cancellation)],
        Command = ["sh"],
    };

    /// <summary>busybox's web server on port 80 (PORT changes it), serving /www; its page can be replaced by a volume.</summary>
    /// <exception cref="LocalImageException">As <see cref="BusyboxAsync"/>.</exception>
    public static async Task<ImageDescription> WebAsync(CancellationToken cancellation = default) => new()
    {
        Names = [WebName],
        Architecture = ImageDescription.HostArchitecture,
        // The lower layer is the busybox image's own, byte for byte: it is stored and unpacked once.
        Layers =
        [
            await BusyboxLayerAsync(cancellation),
            [LayerEntry.Directory("/www"), LayerEntry.File("/www/index.html", Encoding.UTF8.GetBytes(WebPage))],
        ],
        Entrypoint = ["/bin/sh", "-c", WebServer],
        ExposedPorts = ["80/tcp"],
    };

    private static async Task<IReadOnlyList<LayerEntry>> BusyboxLayerAsync(CancellationToken cancellation)
    {
        var program = await StaticBusyboxAsync(cancellation);
        var applets = await RunAsync(program.Path, ["--list-full"], cancellation);
        var entries = new List<LayerEntry>();
        foreach (var directory in (string[])["/bin", "/dev", "/etc", "/home", "/proc", "/root", "/sbin", "/sys", "/usr", "/usr/bin", "/usr/sbin", "/var"])
            entries.Add(LayerEntry.Directory(directory));
        entries.Add(LayerEntry.Directory("/tmp", FileModes.Rwxrxrx | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit));
        entries.Add(LayerEntry.File("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"u8.ToArray()));
        entries.Add(LayerEntry.File("/etc/group", "root:x:0:\nnogroup:x:65534:\n"u8.ToArray()));
        entries.Add(LayerEntry.File("/bin/busybox", program.Content, FileModes.Rwxrxrx));
        entries.AddRange(applets
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(applet => "/" + applet.TrimStart('/'))
            .Where(applet => applet is not "/bin/busybox" && Path.GetDirectoryName(applet) is "/bin" or "/sbin" or "/usr/bin" or "/usr/sbin")
            .Order(StringComparer.Ordinal)
            .Select(applet => LayerEntry.SymbolicLink(applet, "/bin/busybox")));
        return entries;
    }

    private sealed record Program(string Path, byte[] Content);

    private static async Task<Program> StaticBusyboxAsync(CancellationToken cancellation)
    {
        if (ProcessRunner.Find("busybox") is { } installed)
        {
            var content = await File.ReadAllBytesAsync(installed, cancellation);
            if (ElfFile.IsStatic(content)) return new Program(installed, content);
        }

        // The distribution's dynamic busybox and the static one exclude each other: unpack the package instead of installing it.
        var directory = Directory.CreateTempSubdirectory("berth-busybox-").FullName;
        try
        {
            await RunAsync("/bin/sh", ["-c", "cd \"$1\" && apt-get download -q busybox-static && dpkg-deb -x ./*.deb tree", "sh", directory], cancellation);
            var unpacked = ((string[])["tree/bin/busybox", "tree/usr/bin/busybox"]).Select(path => Path.Combine(directory, path)).FirstOrDefault(File.Exists)
                ?? throw new LocalImageException("the package busybox-static holds no busybox");
            // The copy outlives the download, because its list of commands is asked for later.
            var kept = Path.Combine(Path.GetTempPath(), "berth-busybox-static");
            File.Copy(unpacked, kept, overwrite: true);
            return new Program(kept, await File.ReadAllBytesAsync(kept, cancellation));
        }
        catch (LocalImageException error)
        {
            throw new LocalImageException($"no static busybox on this machine, and it could not be downloaded (apt-get install busybox-static): {error.Message}", error);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            return await ProcessRunner.RunAsync(program, arguments, cancellation: cancellation);
        }
        catch (ProcessFailedException error)
        {
            throw new LocalImageException(error.Message, error);
        }
    }
}

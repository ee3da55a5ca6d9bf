using Berth.Linux.Processes;
using Berth.Node.Cri;
using Berth.Node.Runtime;

namespace Berth.Node.Images;

/// <summary>An archive that could not be imported; the message names the file and says why.</summary>
public sealed class ImageImportException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Brings image archives (Docker's and OCI's) into the containerd that Berth uses, without a registry.</summary>
/// <param name="socketPath">containerd's own socket; CRI is served there too.</param>
/// <param name="snapshotter">Where layers are unpacked; must be the one that CRI uses.</param>
/// <param name="ctrPath">containerd's command-line client; null looks on PATH.</param>
public sealed class ImageImporter(
    string socketPath, IImageService images, string snapshotter, TimeProvider time, string? ctrPath = null)
{
    /// <summary>The namespace of containerd that CRI sees.</summary>
    public const string Namespace = "k8s.io";

    // A gigabyte image on a slow disk; it shows progress nowhere, so that it must end some day.
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(10);

    // The CRI plugin learns of an import from an event; it took 5 ms where measured.
    private static readonly TimeSpan _visibleLimit = TimeSpan.FromSeconds(10);

    private bool? _hasLocalFlag;

    /// <summary>Imports all images of one archive and returns their names, once CRI sees them.</summary>
    /// <exception cref="ImageImportException">No such file, not an image archive, no <c>ctr</c>, or containerd refused.</exception>
    public async Task<IReadOnlyList<string>> ImportAsync(string archivePath, CancellationToken cancellation = default)
    {
        if (!File.Exists(archivePath)) throw new ImageImportException($"{archivePath}: no such file");
        var ctr = ctrPath ?? ProcessRunner.Find("ctr")
            ?? throw new ImageImportException("ctr is not installed; it comes with the containerd package (apt-get install containerd)");
        string[] localFlag = await HasLocalFlagAsync(ctr, cancellation) ? ["--local"] : [];
        string output;
        try
        {
            output = await ProcessRunner.RunAsync(
                ctr,
                [
                    "--address", socketPath, "--namespace", Namespace,
                    "images", "import", "--snapshotter", snapshotter, .. localFlag, archivePath,
                ],
                limit: _limit,
                cancellation: cancellation);
        }
        catch (ProcessFailedException error)
        {
            throw new ImageImportException($"{archivePath}: {Explain(error)}", error);
        }

        var names = NamesIn(output);
        if (names.Count == 0) throw new ImageImportException($"{archivePath}: holds no image with a name; save it with a tag");
        foreach (var name in names) await WaitUntilVisibleAsync(name, cancellation);
        return names;
    }

    /// <summary>Builds an image and imports it, leaving no archive behind.</summary>
    public async Task ImportAsync(ImageDescription image, CancellationToken cancellation = default)
    {
        var archive = Path.Combine(Path.GetTempPath(), $"berth-image-{Guid.NewGuid():N}.tar");
        try
        {
            await using (var file = File.Create(archive)) OciImageWriter.Write(image, file);
            await ImportAsync(archive, cancellation);
        }
        finally
        {
            File.Delete(archive);
        }
    }

    /// <summary>Lines of <c>ctr images import</c>, one for each name: "unpacking NAME (DIGEST)...done".</summary>
    internal static IReadOnlyList<string> NamesIn(string output)
    {
        var names = new List<string>();
        foreach (var line in output.Split('\n', '\r'))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["unpacking", var name, ..]) names.Add(name);
        }

        return [.. names.Distinct()];
    }

    /// <summary>
    /// Before 1.7 there was only the local way and no flag for it. Later ones default to a transfer inside the daemon whose
    /// output is a progress display that may leave names out.
    /// </summary>
    private async Task<bool> HasLocalFlagAsync(string ctr, CancellationToken cancellation) => _hasLocalFlag ??=
        ContainerdVersion.Parse((await ProcessRunner.TryRunAsync(ctr, ["--version"], cancellation: cancellation)).Output) is not { Major: 1, Minor: < 7 };

    private static string Explain(ProcessFailedException error)
    {
        var said = error.Result?.Error.Trim() ?? "";
        if (said.Contains("unrecognized image format", StringComparison.Ordinal) || said.Contains("invalid tar header", StringComparison.Ordinal)
            || said.Contains("unexpected EOF", StringComparison.Ordinal))
            return $"is not a Docker or OCI image archive, or is cut short ({said.Replace("ctr: ", "", StringComparison.Ordinal)})";
        return said.Length > 0 ? said.Replace("ctr: ", "", StringComparison.Ordinal) : error.Message;
    }

    private async Task WaitUntilVisibleAsync(string name, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (await images.ImageStatusAsync(name, cancellation) is null)
        {
            if (time.GetElapsedTime(start) > _visibleLimit)
                throw new ImageImportException($"{name}: imported, but the container runtime does not list it after {_visibleLimit.TotalSeconds} s");
            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellation);
        }
    }
}

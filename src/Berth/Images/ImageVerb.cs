using System.CommandLine;
using System.Globalization;
using Berth.Instance;
using Berth.Node.Cri;
using Berth.Node.Images;
using Berth.Node.Runtime;

namespace Berth.Images;

/// <summary><c>berth image import FILE... | list | remove NAME...</c>, on the containerd that a running Berth uses.</summary>
internal static class ImageVerb
{
    public static Command Create()
    {
        var files = new Argument<string[]>("file") { Description = "Docker or OCI archives (tar)", Arity = ArgumentArity.OneOrMore };
        var import = new Command("import", "Import images from archives") { files };
        var importDirectory = Options.DataDirectory();
        import.Options.Add(importDirectory);
        import.SetAction((parsed, ct) => ImportAsync(parsed.GetRequiredValue(importDirectory), parsed.GetRequiredValue(files), Console.Out, ct));

        var list = new Command("list", "List the images that are there");
        var listDirectory = Options.DataDirectory();
        list.Options.Add(listDirectory);
        list.SetAction((parsed, ct) => ListAsync(parsed.GetRequiredValue(listDirectory), Console.Out, ct));

        var names = new Argument<string[]>("name") { Description = "Names as `berth image list` shows them", Arity = ArgumentArity.OneOrMore };
        var remove = new Command("remove", "Remove images") { names };
        var removeDirectory = Options.DataDirectory();
        remove.Options.Add(removeDirectory);
        remove.SetAction((parsed, ct) => RemoveAsync(parsed.GetRequiredValue(removeDirectory), parsed.GetRequiredValue(names), Console.Out, ct));
        return new Command("image", "Import, list and remove images, for machines without a registry") { import, list, remove };
    }

    /// <summary>Uses the runtime of the Berth in a data directory.</summary>
    /// <exception cref="UserErrorException">It does not run.</exception>
    public static async Task<T> WithRuntimeAsync<T>(string dataDirectory, Func<ImageImporter, CriClient, Task<T>> use, CancellationToken ct)
    {
        var directory = DataDirectory.Existing(dataDirectory);
        if (InstanceFile.Read(directory)?.RuntimeEndpoint is { } endpoint)
            throw new UserErrorException($"this berth uses the runtime at {endpoint}, not a containerd of its own", "import images with that runtime's own tools");
        using var containerd = await RunningContainerd.OpenAsync(directory, TimeProvider.System, ct);
        return await use(containerd.Importer, containerd.Client);
    }

    private static Task<int> ImportAsync(string dataDirectory, string[] files, TextWriter output, CancellationToken ct)
    {
        foreach (var file in files)
        {
            if (!File.Exists(file))
                throw new UserErrorException($"there is no file {file}", "give the path of a Docker or OCI archive");
        }

        return WithRuntimeAsync(dataDirectory, async (importer, _) =>
        {
            foreach (var file in files)
            {
                foreach (var name in await importer.ImportAsync(file, ct))
                    output.WriteLine(name);
            }

            return 0;
        }, ct);
    }

    private static Task<int> ListAsync(string dataDirectory, TextWriter output, CancellationToken ct) =>
        WithRuntimeAsync(dataDirectory, async (_, client) =>
        {
            var rows = (await client.ListImagesAsync(cancellation: ct))
                .SelectMany(i => i.RepoTags.DefaultIfEmpty("<none>").Select(tag => (tag, i.Id, i.Size)))
                .OrderBy(r => r.tag, StringComparer.Ordinal)
                .ToList();
            var width = rows.Select(r => r.tag.Length).Append(4).Max();
            output.WriteLine($"{"NAME".PadRight(width)}  ID            SIZE");
            foreach (var (tag, id, size) in rows)
            {
                var digest = id.StartsWith("sha256:", StringComparison.Ordinal) ? id[7..19] : id;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tag.PadRight(width)}  {digest}  {size / 1048576.0:F1} MiB"));
            }

            return 0;
        }, ct);

    private static Task<int> RemoveAsync(string dataDirectory, string[] names, TextWriter output, CancellationToken ct) =>
        WithRuntimeAsync(dataDirectory, async (_, client) =>
        {
            foreach (var name in names)
            {
                if (await client.ImageStatusAsync(name, ct) is null)
                    throw new UserErrorException($"there is no image {name}", "see: berth image list");
                await client.RemoveImageAsync(name, ct);
                output.WriteLine($"{name} removed");
            }

            return 0;
        }, ct);
}

using Berth.Node.Images;
using Berth.Node.Runtime;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Images;

public sealed class ImageImporterTests(ContainerdFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_ListRemove_OfAnArchive_RoundTrips()
    {
        var archive = Path.Combine(fixture.Options.DataDirectory, "round-trip.tar");
        string id;
        await using (var file = File.Create(archive))
        {
            id = OciImageWriter.Write(
                new ImageDescription
                {
                    Names = ["berth.local/round-trip:1"],
                    Architecture = ImageDescription.HostArchitecture,
                    Layers = [[LayerEntry.File("/file", "round trip"u8.ToArray())]],
                },
                file);
        }

        Assert.Equal(["berth.local/round-trip:1"], await fixture.Containerd.Importer.ImportAsync(archive, Cancellation));

        var image = await fixture.Client.ImageStatusAsync("berth.local/round-trip:1", Cancellation);
        Assert.Equal(id, image!.Id);
        Assert.Contains(await fixture.Client.ListImagesAsync(cancellation: Cancellation), listed => listed.RepoTags.Contains("berth.local/round-trip:1"));
        await fixture.Client.RemoveImageAsync("berth.local/round-trip:1", Cancellation);
        await fixture.Client.RemoveImageAsync("berth.local/round-trip:1", Cancellation);
        Assert.Null(await fixture.Client.ImageStatusAsync("berth.local/round-trip:1", Cancellation));
    }

    [Fact]
    public async Task Import_BesideARunningBerth_ReachesTheSameContainerd()
    {
        _ = fixture.Containerd;
        using var running = await RunningContainerd.OpenAsync(fixture.Options.DataDirectory, TimeProvider.System, Cancellation);

        await running.Importer.ImportAsync(PauseImage.Describe(ImageDescription.HostArchitecture) with { Names = ["berth.local/beside:1"] }, Cancellation);

        Assert.NotNull(await fixture.Client.ImageStatusAsync("berth.local/beside:1", Cancellation));
    }

    [Fact]
    public async Task Import_ThroughARuntimeEndpoint_ReachesThatContainerd()
    {
        var endpoint = "unix://" + fixture.Containerd.Paths.Socket;
        using var running = await RunningContainerd.OpenEndpointAsync(endpoint, TimeProvider.System, Cancellation);

        await running.Importer.ImportAsync(PauseImage.Describe(ImageDescription.HostArchitecture) with { Names = ["berth.local/endpoint:1"] }, Cancellation);

        Assert.NotNull(await fixture.Client.ImageStatusAsync("berth.local/endpoint:1", Cancellation));
    }

    [Fact]
    public async Task OpenEndpoint_WithoutAnybodyThere_NamesTheSocket()
    {
        var error = await Assert.ThrowsAsync<RuntimeStartException>(
            () => RunningContainerd.OpenEndpointAsync("/no/such.sock", TimeProvider.System, Cancellation));

        Assert.Contains("/no/such.sock", error.Message);
        await Assert.ThrowsAsync<FormatException>(() => RunningContainerd.OpenEndpointAsync("no/such.sock", TimeProvider.System, Cancellation));
    }

    [Fact]
    public async Task Open_WithoutARunningContainerd_SaysHowToStartIt()
    {
        var error = await Assert.ThrowsAsync<RuntimeStartException>(
            () => RunningContainerd.OpenAsync("/no/such/data", TimeProvider.System, Cancellation));

        Assert.Contains("berth up --data-dir /no/such/data", error.Message);
    }

    [Fact]
    public async Task Import_OfMissingFile_SaysSo()
    {
        var importer = fixture.Containerd.Importer;

        var error = await Assert.ThrowsAsync<ImageImportException>(() => importer.ImportAsync("/no/such/image.tar", Cancellation));

        Assert.Equal("/no/such/image.tar: no such file", error.Message);
    }

    [Fact]
    public async Task Import_OfSomethingElse_SaysWhatItShouldBe()
    {
        var file = Path.Combine(fixture.Options.DataDirectory, "text.tar");
        await File.WriteAllTextAsync(file, new string('x', 5000), Cancellation);
        var importer = fixture.Containerd.Importer;

        var error = await Assert.ThrowsAsync<ImageImportException>(() => importer.ImportAsync(file, Cancellation));

        Assert.Contains(file, error.Message);
        Assert.Contains("not a Docker or OCI image archive", error.Message);
    }

    [Fact]
    public async Task WebImage_InAPod_ServesItsPageAndStopsAtOnce()
    {
        await fixture.Containerd.Importer.ImportAsync(await LocalImages.WebAsync(Cancellation), Cancellation);
        var sandbox = fixture.Sandbox("web");
        var sandboxId = await fixture.Client.RunPodSandboxAsync(sandbox, cancellation: Cancellation);
        var config = ContainerdFixture.Shell("web", "");
        config.Command.Clear();
        config.Image.Image = LocalImages.WebName;
        var containerId = await fixture.Client.CreateContainerAsync(sandboxId, config, sandbox, Cancellation);
        await fixture.Client.StartContainerAsync(containerId, Cancellation);
        var address = (await fixture.Client.PodSandboxStatusAsync(sandboxId, cancellation: Cancellation)).Status.Network.Ip;

        using var http = new HttpClient();
        Assert.Contains("<h1>It works</h1>", await PageAsync(http, $"http://{address}/"));

        var start = TimeProvider.System.GetTimestamp();
        await fixture.Client.StopContainerAsync(containerId, TimeSpan.FromSeconds(30), Cancellation);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5), "SIGTERM must reach the server, or every pod of it takes its whole grace to stop");
        Assert.Equal(0, (await fixture.Client.ContainerStatusAsync(containerId, cancellation: Cancellation)).Status.ExitCode);
        await fixture.Client.RemovePodSandboxAsync(sandboxId, Cancellation);
    }

    private static async Task<string> PageAsync(HttpClient http, string url)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                return await http.GetStringAsync(url, limit.Token);
            }
            catch (HttpRequestException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(20, Cancellation); // the server is not listening yet
            }
        }
    }
}

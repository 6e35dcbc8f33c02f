import { describe, expect, it } from "vitest";
import { besideMaster, labelOf, labelsOf, MASTER, nameMaster, nameMedia, objectName, placeOf, playlistName } from "../../src/islands/player/playlists";

const master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/media/as_1/240.m3u8?t=a.b\n#EXT-X-STREAM-INF:BANDWIDTH=2\n480.m3u8\n";
const stored = '#EXTM3U\n#EXT-X-MAP:URI="{url}",BYTERANGE="1372@0"\n#EXTINF:4.0,\n#EXT-X-BYTERANGE:55@1372\n{url}\n#EXT-X-ENDLIST\n';

describe("playlists", () => {
  it("name rungs instead of addresses, whatever the token", () => {
    expect(nameMaster(master)).toContain(`\n${playlistName("240")}\n`);
    expect(nameMaster(master)).not.toContain("t=a.b");
    expect(labelsOf(master)).toEqual(["240", "480"]);
  });

  it("name the one object in the map and in every segment", () => {
    const named = nameMedia(stored, "240");
    expect(named).toContain(`URI="${objectName("240")}",BYTERANGE="1372@0"`);
    expect(named.split("\n").filter((line) => line === objectName("240"))).toHaveLength(1);
    const signed = stored.replace(/\{url\}/g, "http://h/b/k?X-Amz-Signature=1&x=2").replace(/\n/g, "\r\n");
    expect(nameMedia(signed, "240")).toBe(named);
  });

  it("give the address beside the master with the same token", () => {
    expect(besideMaster("http://h/media/as_1/master.m3u8?t=a.b", "480")).toBe("http://h/media/as_1/480.m3u8?t=a.b");
    expect(labelOf("http://h/media/as_1/480.m3u8?t=a/b.m3u8")).toBe("480");
  });

  it("know their own names and leave foreign ones alone", () => {
    expect(placeOf(MASTER)).toEqual({ kind: "master" });
    expect(placeOf(objectName("a22"))).toEqual({ kind: "object", label: "a22" });
    expect(placeOf("http://h/x")).toBeNull();
    expect(placeOf("hub://object/a/../b")).toBeNull();
  });
});

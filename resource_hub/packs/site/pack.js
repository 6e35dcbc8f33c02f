/* Stills in step with the voice, captions in step with both; plain script, since a page of a disk loads no module. */
(function () {
  "use strict";
  var pack = window.PACK;

  function lastBefore(list, at, timeOf) {
    var low = 0, high = list.length - 1, found = -1;
    while (low <= high) {
      var middle = (low + high) >> 1;
      if (timeOf(list[middle]) <= at) { found = middle; low = middle + 1; } else { high = middle - 1; }
    }
    return found;
  }

  function follow(sound, act) {
    ["timeupdate", "seeking", "loadedmetadata"].forEach(function (name) {
      sound.addEventListener(name, function () { act(sound.currentTime); });
    });
  }

  function showStills(sound, picture, stills) {
    follow(sound, function (at) {
      var place = Math.max(0, lastBefore(stills, at + 0.05, function (still) { return still.at_s; }));
      if (picture.getAttribute("src") !== stills[place].src) picture.setAttribute("src", stills[place].src);
    });
  }

  function showCaptions(sound, line, cues) {
    line.hidden = false;
    follow(sound, function (at) {
      var place = lastBefore(cues, at, function (cue) { return cue[0]; });
      line.textContent = place >= 0 && at < cues[place][1] ? cues[place][2] : "";
    });
  }

  function addTrack(video, cues) {
    var track = video.addTextTrack("captions", pack.words.captions, "zh");
    cues.forEach(function (cue) { track.addCue(new VTTCue(cue[0], cue[1], cue[2])); });
    track.mode = "showing";
  }

  Array.prototype.forEach.call(document.querySelectorAll("video[data-part], audio[data-part]"), function (media) {
    var part = media.getAttribute("data-part"), cues = pack.captions[part];
    var picture = document.querySelector('[data-stills="' + part + '"]');
    var line = document.querySelector('[data-caption="' + part + '"]');
    if (picture) showStills(media, picture, pack.stills[part]);
    if (cues && media.tagName === "VIDEO") addTrack(media, cues);
    if (cues && line) showCaptions(media, line, cues);
  });
})();
